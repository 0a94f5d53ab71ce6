/** One preview and one browser for all end-to-end tests of a run: started once by jest, test files connect. */
import type { BrowserServer } from 'playwright-core'
import { serveBrowser } from './browser'
import { startPreview, type RunningPreview } from './preview'

const VARIABLE = 'E2E_SHARED'

/** Data for test files. */
interface Shared {
  url: string
  dataDir: string
  /** Endpoint of the browser. */
  browser: string
}
interface Running {
  preview: RunningPreview
  browser: BrowserServer
}
declare global {
  var e2eRunning: Running | undefined
}

/** Null if the tests are skipped because there is no browser. */
export function readShared(): Shared | null {
  const value = process.env[VARIABLE]
  return value === undefined ? null : JSON.parse(value)
}

export async function start(): Promise<void> {
  if (process.env['NO_BROWSER'] !== undefined) return
  const [preview, browser] = await Promise.allSettled([startPreview(), serveBrowser()])
  if (preview.status === 'fulfilled' && browser.status === 'fulfilled') {
    globalThis.e2eRunning = { preview: preview.value, browser: browser.value }
    const { url, dataDir } = preview.value
    const shared: Shared = { url, dataDir, browser: browser.value.wsEndpoint() }
    process.env[VARIABLE] = JSON.stringify(shared)
    return
  }
  for (const started of [preview, browser]) if (started.status === 'fulfilled') await started.value.close()
  throw [preview, browser].find((started) => started.status === 'rejected')?.reason
}

export async function stop(): Promise<void> {
  const running = globalThis.e2eRunning
  globalThis.e2eRunning = undefined
  await running?.browser.close()
  await running?.preview.close()
}
