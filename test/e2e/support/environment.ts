/** Gives each test file the shared browser. Modules of an environment are loaded once per process, others once per file. */
import { TestEnvironment } from 'jest-environment-node'
import type { Browser, Frame } from 'playwright-core'
import { connectBrowser } from './browser'
import type { TimelineEntry } from '../../../server/timeline'
import { readShared } from './shared'

/** Limit for the report of a failure: a hung phone does not answer, and the stream of events does not end, ms. */
const HUNG_AFTER = 2_000
const FAILURES = ['test_fn_failure', 'hook_failure']
/** Events of a service in the report of a failure. */
const EVENTS = 60

export default class extends TestEnvironment {
  private browser: Browser | null = null

  override async setup(): Promise<void> {
    await super.setup()
    const shared = readShared()
    if (!shared) return
    this.browser = await connectBrowser(shared.browser)
    Object.assign(this.global, { e2eBrowser: this.browser })
  }

  /** Adds to a failure what the phones showed, and the events of their services. */
  async handleTestEvent(event: { name: string; error?: unknown }): Promise<void> {
    if (!FAILURES.includes(event.name) || !this.browser) return
    const pages = this.browser.contexts().flatMap((context) => context.pages())
    const frames = pages.flatMap((page) => page.frames()).filter((frame) => frame.name() !== '')
    const shown = await Promise.all(frames.map(describeFrame))
    const services = [...new Set(pages.map((page) => new URL(page.url()).origin).filter((origin) => origin !== 'null'))]
    const happened = await Promise.all(services.map(describeService))
    const { error } = event
    if (error instanceof Object && 'stack' in error) error.stack = [error.stack, ...shown, ...happened].join('\n\n')
  }

  override async teardown(): Promise<void> {
    // Also closes what the file has opened in it.
    await this.browser?.close()
    await super.teardown()
  }
}

/** A phone's pages, and the text of the top one. */
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

/** A service's last events. */
async function describeService(origin: string): Promise<string> {
  let text = ''
  try {
    const events = await fetch(`${origin}/api/events`, { signal: AbortSignal.timeout(HUNG_AFTER) })
    const decoder = new TextDecoder()
    for await (const chunk of events.body ?? []) text += decoder.decode(chunk, { stream: true })
  } catch {
    // The stream of events does not end by itself.
  }
  const lines = text.split('\n').filter((line) => line.startsWith('data: '))
  return [`The service at ${origin}:`, ...lines.slice(-EVENTS).map(describeEvent)].join('\n')
}

function describeEvent(line: string): string {
  const { at, part, name, cid, account, data }: TimelineEntry = JSON.parse(line.slice('data: '.length))
  return `${new Date(at).toISOString()} ${part} ${name} ${cid ?? ''} ${account ?? ''} ${JSON.stringify(data)}`
}
