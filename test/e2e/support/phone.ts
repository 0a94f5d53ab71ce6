/** One phone of the preview, used like a person: taps, and what is seen and heard. */
import type { Frame, Locator, Page } from 'playwright-core'
import type { Settings } from '../../../miniprogram/services/settings'
import type { Device, Permission } from '../../../preview/conditions/permissions'
import type { FaultsState } from '../../../preview/runtime/faults'
import { PATIENCE, realNow, realTimeout } from '../../support/real-time'

const CONTACTS = 'pages/contacts/contacts'
/** Step of advancing time, ms: less than the mini-program gives a heartbeat. */
const STEP = 1_000
/** A tap that takes longer is repeated with the controls shown again, ms. */
const FADING = 2_000
/** Maximum difference of equal tones, Hz. */
const NEAR = 15

interface Glimpse {
  width: number
  height: number
  /** Average [red, green, blue] below the timestamp and the moving bar. */
  colour: [number, number, number]
  /** Hash of the whole frame. */
  print: number
}

/** Playback position. */
export interface Played {
  /** The stream: another one after a reconnect. */
  source: string
  /** s, on the stream's timeline. */
  at: number
  /** End of the received data, s. */
  received: number
}

interface Leftovers {
  pushers: number
  players: number
  /** Open devices: camera, microphone. */
  devices: string[]
  /** Paths of open sockets. */
  sockets: string[]
  /** Sounds that were not destroyed, players excluded. */
  sounds: number
  /** Pending timers of the mini-program. */
  timers: number
}

export class Phone {
  constructor(
    readonly account: string,
    private readonly page: Page,
  ) {}

  /** The phone's document; a reload creates a new one. */
  get frame(): Frame {
    const frame = this.page.frame({ name: this.account })
    if (!frame) throw new Error(`no phone of ${this.account}`)
    return frame
  }

  /** The first visible match, e.g. `#accept`. */
  shown(selector: string): Locator {
    return this.frame.locator(`${selector}:visible`).first()
  }
  async tap(selector: string): Promise<void> {
    await this.shown(selector).click({ timeout: PATIENCE })
  }
  async tapText(text: string): Promise<void> {
    await this.frame.getByText(text).locator('visible=true').first().click({ timeout: PATIENCE })
  }
  /** Calls an account from the contacts. */
  async callPerson(name: string, kind: 'audio' | 'video'): Promise<void> {
    const person = this.frame.locator('.person:visible', { hasText: name })
    await person.locator(`.${kind}`).click({ timeout: PATIENCE })
  }
  /** Changes settings without a tap. */
  async set(change: Partial<Settings>): Promise<void> {
    await this.frame.evaluate((change) => window.__phone.app.settings.change(change), change)
  }
  /** Taps an item of an action sheet, or a button of a dialog. */
  async choose(item: string): Promise<void> {
    await this.frame.getByText(item, { exact: true }).click({ timeout: PATIENCE })
  }
  /** Leaves the page like a swipe from the screen's edge. */
  swipeBack(): Promise<void> {
    return this.frame.evaluate(() => window.__phone.phone.router.navigateBack(1))
  }
  async hangUp(): Promise<void> {
    await this.tapControl('#hangup')
  }
  /** Taps a control of a video call: controls fade after some seconds, on a slow machine before the tap. */
  async tapControl(selector: string): Promise<void> {
    const taps = await this.frame.evaluateHandle((selector) => {
      const seen = { count: 0 }
      const isOn = (target: EventTarget): boolean => target instanceof Element && target.matches(selector)
      const count = (event: Event): void => {
        if (event.composedPath().some(isOn)) seen.count++
      }
      document.addEventListener('click', count, true)
      return seen
    }, selector)
    await until(async () => {
      await this.showControls()
      const tapped = this.shown(selector).click({ timeout: FADING })
      return await tapped.then(
        () => true,
        // On a slow machine a click can take effect and time out nevertheless.
        async () => await taps.evaluate(({ count }) => count > 0),
      )
    }, `a tap on ${selector} of ${this.account}`)
  }
  /** Shows the controls of a call by a tap on the video if they have faded. */
  async showControls(): Promise<void> {
    // A tap at the edge of the controls keeps them; if they have faded, it hits the video below.
    await this.shown('#foot').click({ position: { x: 3, y: 3 }, force: true, timeout: PATIENCE })
  }
  async sees(selector: string): Promise<void> {
    await this.shown(selector).waitFor({ timeout: PATIENCE })
  }
  async seesNoMore(selector: string): Promise<void> {
    await this.shown(selector).waitFor({ state: 'hidden', timeout: PATIENCE })
  }
  async seesText(text: string | RegExp): Promise<void> {
    await this.frame.getByText(text).locator('visible=true').first().waitFor({ timeout: PATIENCE })
  }
  /** Opens a tab. */
  async openTab(index: 0 | 1 | 2): Promise<void> {
    await this.frame.locator('.phone-tabs > *').nth(index).click({ timeout: PATIENCE })
  }
  /** The mini-program opens a page over the others. */
  open(url: string): Promise<void> {
    return this.frame.evaluate((url) => void window.__phone.phone.router.navigateTo(url), url)
  }
  /** The mini-program closes all pages and opens one. */
  reLaunch(url: string): Promise<void> {
    return this.frame.evaluate((url) => window.__phone.phone.router.reLaunch(url), url)
  }
  /** The route of the top page. */
  route(): Promise<string> {
    return this.frame.evaluate(() => {
      const pages = window.__phone.pages()
      return pages[pages.length - 1]?.route ?? ''
    })
  }
  async isOn(route: string): Promise<void> {
    await until(async () => (await this.route()) === route, `${this.account} to be on ${route}`)
  }
  /** Advances the mini-program's time until the end of a call was shown long enough. */
  async isBack(route = CONTACTS): Promise<void> {
    await until(async () => {
      if ((await this.route()) === route) return true
      await this.advance(STEP)
      return false
    }, `${this.account} to be back on ${route}`)
  }

  /** Advances the mini-program's time until the text is visible. */
  async seesInTime(text: string): Promise<void> {
    const seen = this.frame.getByText(text).locator('visible=true').first()
    await until(async () => {
      if (await seen.isVisible()) return true
      await this.advance(STEP)
      return false
    }, `${this.account} to see “${text}”`)
  }

  /** Fires the mini-program's timers that become due within that many ms, without waiting. */
  async advance(duration: number): Promise<void> {
    await this.frame.evaluate(
      async ([duration, most]) => {
        const { timers, sockets } = window.__phone.phone
        for (let left = duration; left > 0; left -= most) {
          await timers.advance(Math.min(left, most))
          // The service answers in real time: sent requests count as answered within the step.
          while ([...sockets].some(({ awaitsMessage }) => awaitsMessage)) {
            await new Promise((resolve) => setTimeout(resolve, 5))
          }
        }
      },
      [duration, STEP] as const,
    )
  }

  /** Waits for the peer's moving video; in a room, for that of a member. */
  async seesPeer(member?: string): Promise<Glimpse> {
    const whom = member ?? 'the other side'
    const first = await until(() => this.glimpse(member), `${this.account} to see ${whom}`)
    return until(async () => {
      const next = await this.glimpse(member)
      return next !== null && next.print !== first.print ? next : null
    }, `the picture of ${whom} at ${this.account} to move`)
  }
  /** The player's current frame; null if it shows nothing. */
  async glimpse(member?: string): Promise<Glimpse | null> {
    return this.player(member).evaluateAll(([video]) => {
      if (!(video instanceof HTMLVideoElement) || video.videoWidth === 0 || video.readyState < 2) return null
      const { videoWidth: width, videoHeight: height } = video
      // Small, because it is sampled often.
      const [across, down] = [54, 96]
      const canvas = Object.assign(document.createElement('canvas'), { width: across, height: down })
      const picture = canvas.getContext('2d', { willReadFrequently: true })
      if (!picture) throw new Error('no canvas')
      picture.drawImage(video, 0, 0, across, down)
      const all = picture.getImageData(0, 0, across, down).data
      // Decoded, but not shown yet: nothing was drawn.
      if (all[3] === 0) return null
      let print = 0
      for (let at = 0; at < all.length; at += 7) print = (print * 31 + (all[at] ?? 0)) % 2_147_483_647
      const low = picture.getImageData(0, Math.round(down * 0.8), across, Math.floor(down * 0.2)).data
      const colour: [number, number, number] = [0, 0, 0]
      for (let at = 0; at < low.length; at += 4) {
        colour[0] += (low[at] ?? 0) / (low.length / 4)
        colour[1] += (low[at + 1] ?? 0) / (low.length / 4)
        colour[2] += (low[at + 2] ?? 0) / (low.length / 4)
      }
      return { width, height, colour, print }
    })
  }

  /** Waits until the strongest tone of the player, in a room that of a member, is within 15 Hz of this. */
  async hears(tone: number, member?: string): Promise<void> {
    let heard = 0
    await until(
      async () => Math.abs((heard = await this.loudestTone(tone, member)) - tone) <= NEAR,
      () => `${this.account} to hear ${tone} Hz (hears ${heard})`,
    )
  }
  /** Hz; 0 if silent. Listens for a while if it is not the wanted one. */
  private async loudestTone(wanted: number, member?: string): Promise<number> {
    return this.player(member).evaluateAll(
      async ([video], [wanted, near]) => {
        if (!(video instanceof HTMLVideoElement) || video.readyState < 2 || video.muted) return 0
        const captured: MediaStream = Reflect.apply(Reflect.get(video, 'captureStream'), video, [])
        const [track] = captured.getAudioTracks()
        if (!track) return 0
        const context = new AudioContext({ sampleRate: 48_000 })
        try {
          const analyser = new AnalyserNode(context, { fftSize: 8_192, smoothingTimeConstant: 0 })
          context.createMediaStreamSource(new MediaStream([track])).connect(analyser)
          await context.resume()
          const strengths = new Float32Array(analyser.frequencyBinCount)
          let loudest = 0
          for (let look = 0; look < 10; look++) {
            // Half of the analyser's window.
            await new Promise((resolve) => setTimeout(resolve, 85))
            analyser.getFloatFrequencyData(strengths)
            const bin = strengths.reduce(
              (best, strength, at) => (strength > (strengths[best] ?? -Infinity) ? at : best),
              0,
            )
            loudest = (strengths[bin] ?? -Infinity) < -60 ? 0 : (bin * 48_000) / analyser.fftSize
            if (Math.abs(loudest - wanted) <= near) break
          }
          return loudest
        } finally {
          await context.close()
          // Otherwise it continues to capture, which costs CPU time.
          for (const one of captured.getTracks()) one.stop()
        }
      },
      [wanted, NEAR] as const,
    )
  }

  /** Playback position; null if there is nothing to play. */
  async played(member?: string): Promise<Played | null> {
    return this.player(member).evaluateAll(([video]) => {
      if (!(video instanceof HTMLVideoElement) || video.currentSrc === '') return null
      const { currentSrc: source, currentTime: at, buffered } = video
      return { source, at, received: buffered.length > 0 ? buffered.end(buffered.length - 1) : 0 }
    })
  }
  /** Waits until the player has played beyond what it had received at that time. */
  async playsBeyond(before: Played | null, member?: string): Promise<void> {
    await until(async () => {
      const now = await this.played(member)
      return now !== null && now.at > 0 && (now.source !== before?.source || now.at > before.received)
    }, `${this.account} to play what came later`)
  }
  /** Waits until the player has played that many seconds; returns the actual number. */
  async playsFor(seconds: number): Promise<number> {
    const before = await this.played()
    return until(async () => {
      const now = await this.played()
      const passed = now && before && now.source === before.source ? now.at - before.at : 0
      return passed > seconds ? passed : null
    }, `${this.account} to play ${seconds} s`)
  }

  /** The tile of a room's member. */
  tile(member: string): Locator {
    return this.frame.locator('[id^="tile-"]:visible', { hasText: member })
  }
  /** May disappear at any moment: evaluateAll does not wait for it. */
  private player(member?: string): Locator {
    const around = member === undefined ? this.frame.locator('body') : this.tile(member)
    return around.locator('wx-live-player video').first()
  }

  /** Whether a video on the page is playing. */
  plays(selector: string): Promise<boolean> {
    return this.frame.evaluate((selector) => {
      const video = document.querySelector<HTMLVideoElement>(selector)
      return video !== null && video.videoWidth > 0 && video.currentTime > 0
    }, selector)
  }

  /** Resources in use. Some sockets and timers exist while signed in: compare with an earlier state. */
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
  /** Waits until nothing of a call is left: no video, sound or open device, and only the signalling socket. */
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
  /** Current ring tones, and the number of vibrations so far. */
  ringing(): Promise<{ sounds: string[]; vibrations: number }> {
    return this.frame.evaluate(() => {
      const { sounds, vibrations } = window.__phone.phone
      return { sounds: sounds.map(({ src }) => src), vibrations }
    })
  }
  screenKeptOn(): Promise<boolean> {
    return this.frame.evaluate(() => window.__phone.phone.screenKeptOn)
  }

  /** The phone's current faults, see preview/runtime/faults.ts. */
  faults(): Promise<FaultsState> {
    return this.frame.evaluate(() => window.__phone.faults.state)
  }
  /** Removes or restores the network. */
  network(on: boolean): Promise<void> {
    return this.frame.evaluate((on) => window.__phone.faults.network(on), on)
  }
  /** Removes the network for a time, ms; does not wait for its return. */
  dropNetwork(duration: number): Promise<void> {
    return this.frame.evaluate((duration) => window.__phone.faults.dropNetwork(duration), duration)
  }
  /** Waits until the network is back. */
  async hasNetwork(): Promise<void> {
    await until(async () => (await this.faults()).network, `the network of ${this.account}`)
  }
  /** Breaks the mini-program's sockets once; returns how many are left before it opens others. */
  killLink(): Promise<number> {
    return this.frame.evaluate(() => {
      window.__phone.faults.killLink()
      return window.__phone.phone.sockets.size
    })
  }
  allow(device: Device, permission: Permission): Promise<void> {
    return this.frame.evaluate(([device, permission]) => window.__phone.faults.permission(device, permission), [
      device,
      permission,
    ] as const)
  }
  /** Whether the privacy guideline has to be accepted (again). */
  privacyNeeded(needed: boolean): Promise<void> {
    return this.frame.evaluate((needed) => window.__phone.faults.privacyNeeded(needed), needed)
  }
  /** Gives the audio to a phone call, or back. */
  interrupt(on: boolean): Promise<void> {
    return this.frame.evaluate((on) => window.__phone.faults.interrupt(on), on)
  }
  /** Sends the mini-program to the background, or back. There it is suspended only by `suspend`. */
  background(on: boolean): Promise<void> {
    return this.frame.evaluate((on) => {
      window.__phone.phone.conditions.background.suspendAfter = Infinity
      window.__phone.faults.background(on)
    }, on)
  }
  /** Suspends the scripts of a hidden mini-program, as WeChat does after 5 s. */
  suspend(): Promise<void> {
    return this.frame.evaluate(() => window.__phone.phone.conditions.background.suspend())
  }
  /** Behaves as the DevTools simulator from the next page on. */
  simulator(on: boolean): Promise<void> {
    return this.frame.evaluate((on) => window.__phone.faults.simulator(on), on)
  }
}

/** Waits for a condition and returns its result, once it is neither null nor false. */
export async function until<T>(condition: () => Promise<T | null | false>, what: string | (() => string)): Promise<T> {
  const end = realNow() + PATIENCE
  for (;;) {
    const answer = await condition()
    if (answer !== null && answer !== false) return answer
    if (realNow() > end)
      throw new Error(`waited ${PATIENCE} ms in vain for ${typeof what === 'string' ? what : what()}`)
    await new Promise((resolve) => realTimeout(resolve, 50))
  }
}
