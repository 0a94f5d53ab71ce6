/** Gives each test file the shared browser. Modules of an environment are loaded once a process, others once a file. */
import { TestEnvironment } from 'jest-environment-node'
import type { Browser, Frame } from 'playwright-core'
import { connectBrowser } from './browser'
import { readShared } from './shared'

/** A phone that does not answer within this time counts as hung, ms. */
const HUNG_AFTER = 2_000

export default class extends TestEnvironment {
  private browser: Browser | null = null

  override async setup(): Promise<void> {
    await super.setup()
    const shared = readShared()
    if (!shared) return
    this.browser = await connectBrowser(shared.browser)
    Object.assign(this.global, { e2eBrowser: this.browser })
  }

  /** Adds to a failure what the phones showed at that moment. */
  async handleTestEvent(event: { name: string; error?: unknown }): Promise<void> {
    if (event.name !== 'test_fn_failure' || !this.browser) return
    const pages = this.browser.contexts().flatMap((context) => context.pages())
    const frames = pages.flatMap((page) => page.frames()).filter((frame) => frame.name() !== '')
    const shown = await Promise.all(frames.map(describeFrame))
    const { error } = event
    if (error instanceof Object && 'stack' in error) error.stack = [error.stack, ...shown].join('\n\n')
  }

  override async teardown(): Promise<void> {
    // closes what the file has opened in it, too
    await this.browser?.close()
    await super.teardown()
  }
}

/** A phone's pages, and the text of the one on top. */
async function describeFrame(frame: Frame): Promise<string> {
  const about = frame.evaluate(() => {
    const routes = window.__phone.pages().map(({ route }) => route)
    return `on ${routes.join(' > ')}:\n${document.body.innerText}`
  })
  // `evaluate` has no timeout: without this limit a phone whose scripts hang would block the report of the failure.
  const timeout = new Promise<string>((resolve) => setTimeout(resolve, HUNG_AFTER, 'gave no answer').unref())
  const text = await Promise.race([about, timeout]).catch((error: unknown) => String(error))
  return `The phone of ${frame.name()}, ${text.replaceAll(/\n\s*\n/g, '\n')}`
}
