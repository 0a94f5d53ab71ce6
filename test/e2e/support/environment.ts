/** Gives each test file the shared browser. Modules of an environment are loaded once a process, others once a file. */
import { TestEnvironment } from 'jest-environment-node'
import type { Browser } from 'playwright-core'
import { connectBrowser } from './browser'
import { readShared } from './shared'

export default class extends TestEnvironment {
  private browser: Browser | null = null

  override async setup(): Promise<void> {
    await super.setup()
    const shared = readShared()
    if (!shared) return
    this.browser = await connectBrowser(shared.browser)
    Object.assign(this.global, { e2eBrowser: this.browser })
  }
  override async teardown(): Promise<void> {
    // closes what the file has opened in it, too
    await this.browser?.close()
    await super.teardown()
  }
}
