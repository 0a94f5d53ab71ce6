/** Preview and browser for a test file, its phones, and what their calls left behind. */
import { readdirSync } from 'node:fs'
import path from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { z } from 'zod'
import type { ApiCall } from '../../../miniprogram/netcall/http-api'
import { readPhoneQuery } from '../../../preview/runtime/phone-query'
import { openBrowser } from './browser'
import { Phone, until } from './phone'
import { startPreview, type RunningPreview } from './preview'

const received = z.object({
  eventType: z.string(),
  cid: z.number().nullable(),
  valid: z.boolean(),
  body: z.string(),
})
/** Over a whole story. */
const FRAMES_DROPPED = 2
/** The mix is made when a small machine has nothing better to do, ms. */
const MIXED = 90_000
export type ReceivedCallback = z.infer<typeof received>

/** One page with phones side by side. */
export interface Scene {
  page: Page
  /** Errors that any of its documents told the console. */
  problems: string[]
  phone(account: string): Phone
  close(): Promise<void>
}

export class Stage {
  private constructor(
    readonly preview: RunningPreview,
    readonly browser: Browser,
  ) {}

  static async open(environment: Record<string, string> = {}): Promise<Stage> {
    const preview = await startPreview(environment)
    try {
      return new Stage(preview, await openBrowser())
    } catch (error) {
      await preview.close()
      throw error
    }
  }
  async close(): Promise<void> {
    await this.browser.close()
    await this.preview.close()
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
    const context = await this.browser.newContext({ viewport: { width: 1400, height: 900 }, locale: 'zh-CN' })
    if (lasting) {
      await context.routeWebSocket(
        ({ pathname }) => pathname === '/',
        () => undefined,
      )
    }
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
      // One may be called as soon as one is there.
      await phone(account).frame.locator('.person .dot.here').first().waitFor({ state: 'attached' })
    }
    return { page, problems, phone, close: () => context.close() }
  }

  async calls(account: string): Promise<ApiCall[]> {
    return z.object({ calls: z.array(z.custom<ApiCall>()) }).parse(await this.get('/api/calls', account)).calls
  }
  /** The account's newest call, once it is over and its recording settled. */
  settledCall(account: string): Promise<ApiCall> {
    return until(
      async () => {
        const [call] = await this.calls(account)
        const settled = call && call.endedAt !== null && !['live', 'finishing'].includes(call.recording.state)
        return settled ? call : null
      },
      `the newest call of ${account} to settle`,
      MIXED,
    )
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
    const answer = await fetch(`${this.preview.url}/api/tokens`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ account }),
    })
    const { token } = z.object({ token: z.string() }).parse(await answer.json())
    const response = await fetch(this.preview.url + route, { headers: { authorization: `Bearer ${token}` } })
    return response.json()
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
