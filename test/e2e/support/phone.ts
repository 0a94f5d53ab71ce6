/** One phone of the preview, as a person uses it: taps, and what is seen and heard. */
import type { Frame, Locator, Page } from 'playwright-core'
import type { Device, Permission } from '../../../preview/conditions/permissions'
import type { FaultsState } from '../../../preview/runtime/faults'

const PATIENCE = 30_000

export interface Glimpse {
  width: number
  height: number
  /** Average [red, green, blue] below the stamp and the moving bar. */
  colour: [number, number, number]
  /** Of the whole picture; another picture has another. */
  print: number
}

export interface Leftovers {
  pushers: number
  players: number
  /** Camera and microphone, as far as they are open. */
  devices: string[]
  /** The paths of open sockets. */
  sockets: string[]
  /** Sounds that are not destroyed, playing or between two rings; players apart. */
  sounds: number
  /** The mini-program's timers that will still fire. */
  timers: number
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
  async tapText(text: string): Promise<void> {
    await this.frame.getByText(text).locator('visible=true').first().click({ timeout: PATIENCE })
  }
  /** Calls somebody from the contacts. */
  async callPerson(name: string, kind: 'audio' | 'video'): Promise<void> {
    const person = this.frame.locator('.person:visible', { hasText: name })
    await person.locator(`.${kind}`).click({ timeout: PATIENCE })
  }
  /** Chooses from a menu at the bottom. */
  async choose(item: string): Promise<void> {
    await this.frame.getByText(item, { exact: true }).click({ timeout: PATIENCE })
  }
  /** Leaves the page as a swipe from the screen's edge does. */
  swipeBack(): Promise<void> {
    return this.frame.evaluate(() => window.__phone.phone.router.navigateBack(1))
  }
  async hangUp(): Promise<void> {
    await this.showControls()
    await this.tap('#hangup')
  }
  /** Brings the controls of a call back with a tap on the picture, where they have faded. */
  async showControls(): Promise<void> {
    // A tap at the edge of the controls keeps them; where they have faded, or just do, it meets the picture below.
    await this.shown('#foot').click({ position: { x: 3, y: 3 }, force: true, timeout: PATIENCE })
  }
  async sees(selector: string): Promise<void> {
    await this.shown(selector).waitFor({ timeout: PATIENCE })
  }
  async seesNoMore(selector: string, patience = PATIENCE): Promise<void> {
    await this.shown(selector).waitFor({ state: 'hidden', timeout: patience })
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

  /** Waits for the other side's moving picture; in a room, for that of a member. */
  async seesPeer(member?: string, patience = PATIENCE): Promise<Glimpse> {
    const whom = member ?? 'the other side'
    const first = await until(() => this.glimpse(member), `${this.account} to see ${whom}`, patience)
    return until(
      async () => {
        const next = await this.glimpse(member)
        return next !== null && next.print !== first.print ? next : null
      },
      `the picture of ${whom} at ${this.account} to move`,
      patience,
    )
  }
  /** What the player shows now; null while it shows nothing. */
  async glimpse(member?: string): Promise<Glimpse | null> {
    const player = this.player(member)
    if ((await player.count()) === 0) return null
    return player.evaluate((video) => {
      if (!(video instanceof HTMLVideoElement) || video.videoWidth === 0 || video.readyState < 2) return null
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

  /** Waits until the player's sound, in a room that of a member, has its strongest tone within 15 Hz of this. */
  async hears(tone: number, member?: string, patience = PATIENCE): Promise<void> {
    let heard = 0
    await until(
      async () => Math.abs((heard = await this.loudestTone(member)) - tone) <= 15,
      () => `${this.account} to hear ${tone} Hz (hears ${heard})`,
      patience,
    )
  }
  /** Hz; 0 while it is silent. */
  async loudestTone(member?: string): Promise<number> {
    const player = this.player(member)
    if ((await player.count()) === 0) return 0
    return player.evaluate(async (video) => {
      if (!(video instanceof HTMLVideoElement) || video.readyState < 2 || video.muted) return 0
      const captured: MediaStream = Reflect.apply(Reflect.get(video, 'captureStream'), video, [])
      const [track] = captured.getAudioTracks()
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

  /** A room's tile with this member's name. */
  tile(member: string): Locator {
    return this.frame.locator('[id^="tile-"]:visible', { hasText: member })
  }
  private player(member?: string): Locator {
    const around = member === undefined ? this.frame.locator('body') : this.tile(member)
    return around.locator('wx-live-player video').first()
  }

  /** Whether a video on the page is getting on. */
  plays(selector: string): Promise<boolean> {
    return this.frame.evaluate((selector) => {
      const video = document.querySelector<HTMLVideoElement>(selector)
      return video !== null && video.videoWidth > 0 && video.currentTime > 0.5
    }, selector)
  }

  /** What is still running. Some sockets and timers are there whenever one is signed in: compare with before. */
  leftovers(): Promise<Leftovers> {
    return this.frame.evaluate(() => {
      const { phone, pushers, players } = window.__phone
      return {
        pushers: pushers.size,
        players: players.size,
        devices: phone.capture.inUse,
        sockets: Array.from(phone.sockets, ({ url }) => new URL(url).pathname).toSorted(),
        sounds: phone.audios.size,
        timers: phone.timers.size,
      }
    })
  }
  /** Waits until nothing of a call is left: no picture, no sound, no open device, no socket but the one that rings. */
  async isQuiet(): Promise<void> {
    let left: Leftovers | undefined
    await until(
      async () => {
        left = await this.leftovers()
        const { timers: _, sockets, ...rest } = left
        return (
          sockets.join() === '/signal' && rest.devices.length === 0 && rest.pushers + rest.players + rest.sounds === 0
        )
      },
      () => `the call to leave nothing at ${this.account}: ${JSON.stringify(left)}`,
    )
  }
  /** What of a ring tone and its like is heard right now, and how often the phone has vibrated so far. */
  ringing(): Promise<{ sounds: string[]; vibrations: number }> {
    return this.frame.evaluate(() => {
      const { sounds, vibrations } = window.__phone.phone
      return { sounds: sounds.map(({ src }) => src), vibrations }
    })
  }
  screenKeptOn(): Promise<boolean> {
    return this.frame.evaluate(() => window.__phone.phone.screenKeptOn)
  }

  /** The phone's faults as they are now, see preview/runtime/faults.ts. */
  faults(): Promise<FaultsState> {
    return this.frame.evaluate(() => window.__phone.faults.state)
  }
  /** Takes the network away, or brings it back. */
  network(on: boolean): Promise<void> {
    return this.frame.evaluate((on) => window.__phone.faults.network(on), on)
  }
  /** Takes the network away for a while, ms; does not wait for its return. */
  dropNetwork(duration: number): Promise<void> {
    return this.frame.evaluate((duration) => window.__phone.faults.dropNetwork(duration), duration)
  }
  /** Waits for the network to be back. */
  async hasNetwork(patience = PATIENCE): Promise<void> {
    await until(async () => (await this.faults()).network, `the network of ${this.account}`, patience)
  }
  /** Breaks the mini-program's sockets once. */
  killLink(): Promise<void> {
    return this.frame.evaluate(() => window.__phone.faults.killLink())
  }
  allow(device: Device, permission: Permission): Promise<void> {
    return this.frame.evaluate(([device, permission]) => window.__phone.faults.permission(device, permission), [
      device,
      permission,
    ] as const)
  }
  /** Whether the privacy guideline must be agreed to (again). */
  privacyNeeded(needed: boolean): Promise<void> {
    return this.frame.evaluate((needed) => window.__phone.faults.privacyNeeded(needed), needed)
  }
  /** Gives the sound to a phone call, or back. */
  interrupt(on: boolean): Promise<void> {
    return this.frame.evaluate((on) => window.__phone.faults.interrupt(on), on)
  }
  /** Sends the mini-program to the background, or fetches it back. */
  background(on: boolean): Promise<void> {
    return this.frame.evaluate((on) => window.__phone.faults.background(on), on)
  }
  /** Behaves as the DevTools simulator from the next page on. */
  simulator(on: boolean): Promise<void> {
    return this.frame.evaluate((on) => window.__phone.faults.simulator(on), on)
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
