/** Preview and browser for a test file, its phones, and the results of their calls. */
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
 * An encoder that is closed while the machine is busy drops its queue, 3 frames at most, and Chromium logs each one; no page closes more
 * than ten encoders. A pipeline that forgets to close its frames leaks 15 a second.
 */
const FRAMES_DROPPED = 30
/** Pictures a second: with 15, three phones do not keep up on one core, as when another program uses the other. */
const RATE = 5
/** Browsers start, calls have real media, and the machine may be busy. */
jest.setTimeout(180_000)
type ReceivedCallback = z.infer<typeof received>

/** One page with phones side by side. */
export interface Scene {
  page: Page
  /** Console errors of all its documents. */
  problems: string[]
  phone(account: string): Phone
  close(): Promise<void>
}

/** URL of the service behind the phones, and its data. */
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

  /** The preview and the browser shared by all files: each file has its own accounts. */
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
  /** A separate preview. */
  static async openOwn(): Promise<Stage> {
    const preview = await startPreview({}, readShared()?.dataDir)
    return new Stage(preview, e2eBrowser, preview.close, preview.restart)
  }

  /** A new page with one phone per account, all signed in. */
  show(...accounts: string[]): Promise<Scene> {
    return this.open(accounts, false)
  }
  /** The same with phones that survive the service: Vite would reload them when it is back. */
  showLasting(...accounts: string[]): Promise<Scene> {
    return this.open(accounts, true)
  }
  private async open(accounts: string[], lasting: boolean): Promise<Scene> {
    const context = await this.browser.newContext({
      viewport: { width: 1400, height: 900 },
      locale: 'zh-CN',
      // Animations cost a small machine as much as a call, and colours are checked in their final state.
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
      // On a busy machine Chromium's encoder drops a frame when stopped; a leak drops many.
      if (message.text().startsWith('A VideoFrame was garbage collected') && ++dropped <= FRAMES_DROPPED) return
      problems.push(message.text())
    })
    await page.goto(`${this.preview.url}/?accounts=${accounts.join()}&source=synthetic&fps=${RATE}`)
    const phone = (account: string): Phone => new Phone(account, page)
    for (const account of accounts) {
      await until(async () => page.frame({ name: account }), `the phone of ${account}`)
    }
    for (const account of accounts) {
      const people = phone(account).frame.locator('.person')
      const others = accounts.filter((other) => other !== account)
      const here = others.map((hasText) => people.filter({ hasText }).locator('.dot.here'))
      // An account can be called as soon as it is signed in.
      if (others.length === 0) here.push(people.locator('.dot.here'))
      for (const dot of here) await dot.first().waitFor({ state: 'attached', timeout: PATIENCE })
    }
    for (const account of accounts) await phone(account).set({ quality: 'smooth' })
    return { page, problems, phone, close: () => context.close() }
  }

  async calls(account: string): Promise<ApiCall[]> {
    return z.object({ calls: z.array(z.custom<ApiCall>()) }).parse(await this.get('/api/calls', account)).calls
  }
  /** The account's newest matching call, once it has ended and its recording is done. */
  settledCall(account: string, fits: (call: ApiCall) => boolean = () => true): Promise<ApiCall> {
    return until(async () => {
      const call = (await this.calls(account)).find(fits)
      const settled = call && call.endedAt !== null && !['live', 'finishing'].includes(call.recording.state)
      return settled ? call : null
    }, `the newest call of ${account} to settle`)
  }
  /** The demo receiver's callbacks about a call. */
  async received(cid: number): Promise<ReceivedCallback[]> {
    const list = z.object({ callbacks: z.array(received) }).parse(await this.get('/api/callbacks', 'alice'))
    return list.callbacks.filter((callback) => callback.cid === cid)
  }
  /** Names of all files in a call's folder. */
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
  /** A token of the account, which also registers it at the service. */
  async signIn(account: string): Promise<string> {
    const answer = await fetch(`${this.preview.url}/api/tokens`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ account }),
    })
    return z.object({ token: z.string() }).parse(await answer.json()).token
  }
}

/** Colour and tone of an account's synthetic camera and microphone. */
export function signatureOf(account: string): { colour: [number, number, number]; tone: number } {
  const { colour, tone } = readPhoneQuery(`?account=${account}`, 'en')
  const part = (at: number): number => Number.parseInt(colour.slice(at, at + 2), 16)
  return { colour: [part(1), part(3), part(5)], tone }
}

/** Maximum difference of two colours over the three channels. */
export function apart(one: readonly number[], other: readonly number[]): number {
  return Math.max(...one.map((value, at) => Math.abs(value - (other[at] ?? 0))))
}
