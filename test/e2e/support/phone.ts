/** One phone of the preview, as a person uses it: taps, and what is seen and heard. */
import type { Frame, Locator, Page } from 'playwright-core'

const PATIENCE = 15_000

export interface Glimpse {
  width: number
  height: number
  /** Average [red, green, blue] below the stamp and the moving bar. */
  colour: [number, number, number]
  /** Of the whole picture; another picture has another. */
  print: number
}

export class Phone {
  constructor(
    readonly account: string,
    private readonly page: Page,
  ) {}

  /** The phone's document; a reload makes a new one. */
  get frame(): Frame {
    const frame = this.page.frame({ name: this.account })
    if (!frame) throw new Error(`no phone of ${this.account}`)
    return frame
  }

  /** What can be seen and matches, e.g. `#accept`. */
  shown(selector: string): Locator {
    return this.frame.locator(`${selector}:visible`).first()
  }
  async tap(selector: string): Promise<void> {
    await this.shown(selector).click({ timeout: PATIENCE })
  }
  /** Hangs up; a tap on the picture brings the controls back where they have faded. */
  async hangUp(): Promise<void> {
    if ((await this.frame.locator('.foot.faded').count()) > 0) await this.tap('#peer')
    await this.tap('#hangup')
  }
  async sees(selector: string): Promise<void> {
    await this.shown(selector).waitFor({ timeout: PATIENCE })
  }
  async seesText(text: string | RegExp, patience = PATIENCE): Promise<void> {
    await this.frame.getByText(text).locator('visible=true').first().waitFor({ timeout: patience })
  }
  /** Opens a tab of the bar at the bottom. */
  async openTab(index: 0 | 1 | 2): Promise<void> {
    await this.frame.locator('.phone-tabs > *').nth(index).click({ timeout: PATIENCE })
  }
  /** The route of the page on top. */
  route(): Promise<string> {
    return this.frame.evaluate(() => {
      const pages = window.__phone.pages()
      return pages[pages.length - 1]?.route ?? ''
    })
  }
  async isOn(route: string): Promise<void> {
    await until(async () => (await this.route()) === route, `${this.account} to be on ${route}`)
  }

  /** Waits for the other side's moving picture. */
  async seesPeer(): Promise<Glimpse> {
    const first = await until(() => this.glimpse(), `${this.account} to see the other side`)
    return until(async () => {
      const next = await this.glimpse()
      return next !== null && next.print !== first.print ? next : null
    }, `the picture at ${this.account} to move`)
  }
  /** What the player shows now; null while it shows nothing. */
  glimpse(): Promise<Glimpse | null> {
    return this.frame.evaluate(() => {
      const video = document.querySelector<HTMLVideoElement>('wx-live-player video')
      if (!video || video.videoWidth === 0 || video.readyState < 2) return null
      const { videoWidth: width, videoHeight: height } = video
      const canvas = Object.assign(document.createElement('canvas'), { width, height })
      const picture = canvas.getContext('2d')
      if (!picture) throw new Error('no canvas')
      picture.drawImage(video, 0, 0)
      const all = picture.getImageData(0, 0, width, height).data
      // Decoded, but not shown yet: nothing was drawn.
      if (all[3] === 0) return null
      let print = 0
      for (let at = 0; at < all.length; at += 97) print = (print * 31 + (all[at] ?? 0)) % 2_147_483_647
      const low = picture.getImageData(0, Math.round(height * 0.8), width, Math.floor(height * 0.2)).data
      const colour: [number, number, number] = [0, 0, 0]
      for (let at = 0; at < low.length; at += 4) {
        colour[0] += (low[at] ?? 0) / (low.length / 4)
        colour[1] += (low[at + 1] ?? 0) / (low.length / 4)
        colour[2] += (low[at + 2] ?? 0) / (low.length / 4)
      }
      return { width, height, colour, print }
    })
  }

  /** Waits until the player's sound has its strongest tone within 15 Hz of this. */
  async hears(tone: number): Promise<void> {
    let heard = 0
    await until(
      async () => Math.abs((heard = await this.loudestTone()) - tone) <= 15,
      () => `${this.account} to hear ${tone} Hz (hears ${heard})`,
    )
  }
  /** Hz; 0 while it is silent. */
  loudestTone(): Promise<number> {
    return this.frame.evaluate(async () => {
      const video = document.querySelector<HTMLVideoElement & { captureStream(): MediaStream }>('wx-live-player video')
      if (!video || video.readyState < 2) return 0
      const [track] = video.captureStream().getAudioTracks()
      if (!track) return 0
      const context = new AudioContext({ sampleRate: 48_000 })
      try {
        const analyser = new AnalyserNode(context, { fftSize: 16_384, smoothingTimeConstant: 0 })
        context.createMediaStreamSource(new MediaStream([track])).connect(analyser)
        await context.resume()
        await new Promise((resolve) => setTimeout(resolve, 500))
        const strengths = new Float32Array(analyser.frequencyBinCount)
        analyser.getFloatFrequencyData(strengths)
        let loudest = 0
        strengths.forEach((strength, bin) => {
          if (strength > (strengths[loudest] ?? -Infinity)) loudest = bin
        })
        return (strengths[loudest] ?? -Infinity) < -60 ? 0 : (loudest * 48_000) / analyser.fftSize
      } finally {
        await context.close()
      }
    })
  }

  /** Whether a video on the page is getting on. */
  plays(selector: string): Promise<boolean> {
    return this.frame.evaluate((selector) => {
      const video = document.querySelector<HTMLVideoElement>(selector)
      return video !== null && video.videoWidth > 0 && video.currentTime > 0.5
    }, selector)
  }

  /** How many pushers and players are still there. */
  leftovers(): Promise<{ pushers: number; players: number }> {
    return this.frame.evaluate(() => ({
      pushers: window.__phone.pushers.size,
      players: window.__phone.players.size,
    }))
  }
}

/** Waits for a condition; its answer, once it is neither null nor false. */
export async function until<T>(
  condition: () => Promise<T | null | false>,
  what: string | (() => string),
  patience = PATIENCE,
): Promise<T> {
  const end = Date.now() + patience
  for (;;) {
    const answer = await condition()
    if (answer !== null && answer !== false) return answer
    if (Date.now() > end)
      throw new Error(`waited ${patience} ms in vain for ${typeof what === 'string' ? what : what()}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
