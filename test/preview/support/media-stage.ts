/** Phones in a real browser with one pusher and one player, and the service's media behind them. */
import { spawn, type ChildProcess } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import type { Browser, Page } from 'playwright-core'
import { openBrowser } from '../../e2e/support/browser'
import type { Conditions } from '../../../preview/conditions'
import type { Faults } from '../../../preview/runtime/faults'
import { PATIENCE } from '../../support/real-time'
import { until } from '../../support/until'

const ROOT = path.resolve(__dirname, '../../..')

/** URLs for publishing and playing. */
interface Stream {
  push: string
  play: string
}
interface Place {
  url: string
  streams: Stream[]
}
/** The fixture's page object. */
interface PageOnTop {
  setData(data: object, done?: () => void): void
  startPusher(): void
  startPlayer(): void
  pusherCodes: number[]
  playerCodes: number[]
  playerMessages: string[]
  errors: string[]
  pusherNet: Record<string, number>
  playerNet: Record<string, number>
}

/** The phone's inside. */
interface PhoneInside {
  faults: Faults
  conditions: Conditions
  sockets: { size: number }
  sounds: Array<{ src: string; loop: boolean }>
  capture: { inUse: string[] }
}

export class MediaStage {
  private readonly used: Page[] = []
  private readonly free: Page[] = []
  private phones = 0

  private constructor(
    /** A copy of the fixture for changes. */
    readonly sources: string,
    private readonly server: ChildProcess,
    private readonly browser: Browser,
    private readonly place: Place,
  ) {}

  static async open(): Promise<MediaStage> {
    const sources = mkdtempSync(path.join(tmpdir(), 'media-fixture-'))
    cpSync(path.join(__dirname, '../media-fixture'), sources, { recursive: true })
    const script = path.join(__dirname, 'media-server.ts')
    const server = spawn(process.execPath, ['--import', 'tsx', script, sources], {
      cwd: ROOT,
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    // Vite logs the errors that tests put into the sources.
    let errors = ''
    server.stderr.on('data', (data: Buffer) => (errors += data.toString()))
    const place = await new Promise<Place>((resolve, reject) => {
      server.once('exit', (code) => reject(new Error(`the server ended with ${code}:\n${errors}`)))
      const lines = createInterface(server.stdout)
      lines.once('line', (line) => resolve(JSON.parse(line)))
    })
    return new MediaStage(sources, server, await openBrowser(), place)
  }
  async close(): Promise<void> {
    await this.browser.close()
    this.server.removeAllListeners('exit')
    await new Promise((resolve) => {
      this.server.once('exit', resolve)
      this.server.stdin?.end()
    })
    rmSync(this.sources, { recursive: true, force: true })
  }

  /** A phone with this query and its own stream, once its page is shown. */
  async phone(query = 'camera=blue&tone=500'): Promise<MediaPhone> {
    const stream = this.place.streams[this.phones++]
    if (!stream) throw new Error(`no more than ${this.place.streams.length} phones a test`)
    const page = await this.page(375, 740)
    await page.goto(`${this.place.url}/phone.html?account=tester&lang=en&${query}`)
    await page.waitForSelector('#word')
    return new MediaPhone(page, stream)
  }
  /** The page around the phones. */
  async shell(query: string): Promise<Page> {
    const page = await this.page(1400, 900)
    await page.goto(`${this.place.url}/?${query}`)
    return page
  }
  /** Ends what the pages show, and keeps them for the next phones: a new page loads six times as slowly. */
  async clear(): Promise<void> {
    this.phones = 0
    for (const page of this.used.splice(0)) {
      await page.goto('about:blank')
      this.free.push(page)
    }
  }
  private async page(width: number, height: number): Promise<Page> {
    const page = this.free.pop() ?? (await this.browser.newPage())
    this.used.push(page)
    page.setDefaultTimeout(PATIENCE)
    await page.setViewportSize({ width, height })
    return page
  }
  /** The service disconnects publisher and players. */
  dropStream(): void {
    this.server.stdin?.write('drop\n')
  }
}

export class MediaPhone {
  constructor(
    readonly page: Page,
    private readonly stream: Stream,
  ) {}

  /** A URL at which another client may publish what it plays. */
  get pushUrl(): string {
    return this.stream.push
  }

  readonly pusherCodes = (): Promise<number[]> => this.inPage((page) => page.pusherCodes)
  readonly playerCodes = (): Promise<number[]> => this.inPage((page) => page.playerCodes)

  /** Runs in the phone with the mini-program's page. */
  async inPage<T>(run: (top: PageOnTop) => T): Promise<T> {
    return (await this.top()).evaluate(run)
  }
  /** Runs in the phone with its faults and open resources. */
  async inside<T>(run: (phone: PhoneInside) => T): Promise<T> {
    const handle = await this.page.evaluateHandle((): PhoneInside => Object(Reflect.get(globalThis, '__phone')).phone)
    return handle.evaluate(run)
  }
  async set(data: object): Promise<void> {
    await (await this.top()).evaluate((page, change) => page.setData(change), data)
  }
  async startPusher(data: object = {}): Promise<void> {
    await this.set({ push: this.stream.push, pushing: true, ...data })
    await this.inPage((page) => page.startPusher())
  }
  async publish(data: object = {}): Promise<void> {
    await this.startPusher(data)
    await told(this.pusherCodes, 1001, 1002)
  }
  /** Plays a phone's stream: its own, or another one's. */
  async play({ stream }: MediaPhone = this): Promise<void> {
    await this.set({ play: stream.play, playing: true })
    await this.inPage((page) => page.startPlayer())
  }
  video(): Promise<{ width: number; time: number }> {
    return this.page.evaluate(() => {
      const player = document.querySelector<HTMLVideoElement>('wx-live-player video')
      return { width: player?.videoWidth ?? 0, time: player?.currentTime ?? 0 }
    })
  }

  private top() {
    return this.page.evaluateHandle(() => {
      const pages: PageOnTop[] = Reflect.apply(Reflect.get(globalThis, 'getCurrentPages'), null, [])
      const [page] = pages
      if (!page) throw new Error('no page')
      return page
    })
  }
}

/** Waits until a component has reported all these codes. */
export function told(codes: () => Promise<number[]>, ...wanted: number[]): Promise<unknown> {
  return until(async () => {
    const got = await codes()
    return wanted.every((code) => got.includes(code))
  }, `codes ${wanted.join()}`)
}
