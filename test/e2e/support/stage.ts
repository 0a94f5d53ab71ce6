/** Preview and browser for a test file, its phones, and what their calls left behind. */
import { readdirSync } from 'node:fs'
import path from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { z } from 'zod'
import type { ApiCall } from '../../../miniprogram/netcall/http-api'
import { PATIENCE } from '../../support/real-time'
import { readPhoneQuery } from '../../../preview/runtime/phone-query'
import { Phone, until } from './phone'
import { startPreview } from './preview'
import { readShared } from './shared'

const received = z.object({
  eventType: z.string(),
  cid: z.number().nullable(),
  valid: z.boolean(),
  body: z.string(),
})
/**
 * An encoder that is closed while the machine is busy drops what it holds, 3 frames at most, and Chromium complains of each;
 * no page closes more than ten. A pipeline that forgets to close its frames forgets 15 a second.
 */
const FRAMES_DROPPED = 30
/** Browsers start, calls have real media, and the machine may be busy with other work. */
jest.setTimeout(180_000)
export type ReceivedCallback = z.infer<typeof received>

/** One page with phones side by side. */
export interface Scene {
  page: Page
  /** Errors that any of its documents told the console. */
  problems: string[]
  phone(account: string): Phone
  close(): Promise<void>
}

/** Where the service behind the phones is, and its data. */
interface Place {
  url: string
  dataDir: string
}
export class Stage {
  private readonly tokens = new Map<string, Promise<string>>()

  private constructor(
    readonly preview: Place,
    private readonly browser: Browser,
    readonly close: () => Promise<void>,
    /** Kills the service and starts it again. */
    readonly restart: () => Promise<void>,
  ) {}

  /** The preview and the browser that all files share: each has accounts of its own. */
  static async open(): Promise<Stage> {
    const shared = readShared()
    if (!shared) throw new Error('the preview was not started')
    return new Stage(
      shared,
      e2eBrowser,
      () => Promise.resolve(),
      () => Promise.reject(new Error('others use it, too')),
    )
  }
  /** A preview of its own. */
  static async openOwn(): Promise<Stage> {
    const preview = await startPreview({}, readShared()?.dataDir)
    return new Stage(preview, e2eBrowser, preview.close, preview.restart)
  }

  /** A fresh page with one phone an account; all have signed in and see each other. */
  show(...accounts: string[]): Promise<Scene> {
    return this.open(accounts, false)
  }
  /** The same, with phones that outlive the service: Vite would have them start anew when it is back. */
  showLasting(...accounts: string[]): Promise<Scene> {
    return this.open(accounts, true)
  }
  private async open(accounts: string[], lasting: boolean): Promise<Scene> {
    const context = await this.browser.newContext({
      viewport: { width: 1400, height: 900 },
      locale: 'zh-CN',
      // Animations cost a small machine as much as a call; and colours are judged as they come to rest.
      reducedMotion: 'reduce',
    })
    if (lasting) {
      await context.routeWebSocket(
        ({ pathname }) => pathname === '/',
        () => undefined,
      )
    }
    context.setDefaultTimeout(PATIENCE)
    const page = await context.newPage()
    const problems: string[] = []
    page.on('pageerror', (error) => problems.push(error.message))
    let dropped = 0
    page.on('console', (message) => {
      if (message.type() !== 'error') return
      // Of a busy machine Chromium's encoder itself lets go a frame when it is stopped; frames that we forget are many.
      if (message.text().startsWith('A VideoFrame was garbage collected') && ++dropped <= FRAMES_DROPPED) return
      problems.push(message.text())
    })
    await page.goto(`${this.preview.url}/?accounts=${accounts.join()}&source=synthetic`)
    const phone = (account: string): Phone => new Phone(account, page)
    for (const account of accounts) {
      await until(async () => page.frame({ name: account }), `the phone of ${account}`)
    }
    for (const account of accounts) {
      const people = phone(account).frame.locator('.person')
      const others = accounts.filter((other) => other !== account)
      const here = others.map((hasText) => people.filter({ hasText }).locator('.dot.here'))
      // One may be called as soon as one is there.
      if (others.length === 0) here.push(people.locator('.dot.here'))
      for (const dot of here) await dot.first().waitFor({ state: 'attached', timeout: PATIENCE })
    }
    for (const account of accounts) await phone(account).set({ quality: 'smooth' })
    return { page, problems, phone, close: () => context.close() }
  }

  async calls(account: string): Promise<ApiCall[]> {
    return z.object({ calls: z.array(z.custom<ApiCall>()) }).parse(await this.get('/api/calls', account)).calls
  }
  /** The account's newest call of those that fit, once it has ended and its recording is settled. */
  settledCall(account: string, fits: (call: ApiCall) => boolean = () => true): Promise<ApiCall> {
    return until(async () => {
      const call = (await this.calls(account)).find(fits)
      const settled = call && call.endedAt !== null && !['live', 'finishing'].includes(call.recording.state)
      return settled ? call : null
    }, `the newest call of ${account} to settle`)
  }
  /** What the demo receiver got about a call. */
  async received(cid: number): Promise<ReceivedCallback[]> {
    const list = z.object({ callbacks: z.array(received) }).parse(await this.get('/api/callbacks', 'alice'))
    return list.callbacks.filter((callback) => callback.cid === cid)
  }
  /** Names of everything that lies in a call's folder. */
  filesOnDisk(cid: number): string[] {
    try {
      const folder = path.join(this.preview.dataDir, 'recordings', String(cid))
      return readdirSync(folder, { recursive: true }).map(String)
    } catch {
      return []
    }
  }

  private async get(route: string, account: string): Promise<unknown> {
    const token = this.tokens.get(account) ?? this.signIn(account)
    this.tokens.set(account, token)
    const response = await fetch(this.preview.url + route, { headers: { authorization: `Bearer ${await token}` } })
    return response.json()
  }
  /** A token of the account, which the service knows from now on. */
  async signIn(account: string): Promise<string> {
    const answer = await fetch(`${this.preview.url}/api/tokens`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ account }),
    })
    return z.object({ token: z.string() }).parse(await answer.json()).token
  }
}

/** What the synthetic camera and microphone of an account give. */
export function signatureOf(account: string): { colour: [number, number, number]; tone: number } {
  const { colour, tone } = readPhoneQuery(`?account=${account}`, 'en')
  const part = (at: number): number => Number.parseInt(colour.slice(at, at + 2), 16)
  return { colour: [part(1), part(3), part(5)], tone }
}

/** How far two colours are apart, at most of the three parts. */
export function apart(one: readonly number[], other: readonly number[]): number {
  return Math.max(...one.map((value, at) => Math.abs(value - (other[at] ?? 0))))
}
