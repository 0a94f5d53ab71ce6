/** Judges media files by content: Chromium decodes, the test measures. */
import type { Page } from 'playwright-core'

/** From a phone's encoder to the service: a file may differ by this much from what was heard, ms. */
export const WAY = 1_000

export interface Sound {
  /** s, as decoded. */
  duration: number
  /** Per second, at its middle: the strongest of the given tones, Hz; 0 if silent. */
  tones: number[]
  /** Root mean square per second. */
  levels: number[]
  /** Share of its strongest tone per second, 0 to 1: two equally loud tones have 0.7. */
  clearness: number[]
  /** Strength of each given tone over all seconds, strongest first. */
  totals: Array<{ tone: number; strength: number }>
}
export interface Picture {
  /** s, from the player. */
  duration: number
  width: number
  height: number
  /** Average [red, green, blue] of the lower third (below timestamp and bar), at a few times; without a black beginning. */
  colours: Array<[number, number, number]>
  /** Number of sampled frames that differ from the previous one. */
  changes: number
}

/** Decodes a file's audio. Null if it has none. */
export async function hear(page: Page, url: string, tones: number[]): Promise<Sound | null> {
  return page.evaluate(
    async ({ url, tones }) => {
      const bytes = await (await fetch(url)).arrayBuffer()
      let sound: AudioBuffer
      try {
        sound = await new OfflineAudioContext(1, 1, 48_000).decodeAudioData(bytes)
      } catch {
        return null
      }
      const samples = sound.getChannelData(0)
      const rate = sound.sampleRate
      /** Goertzel: strength of one tone in a piece of audio. */
      const strength = (from: number, length: number, tone: number): number => {
        const turn = 2 * Math.cos((2 * Math.PI * tone) / rate)
        let [before, last] = [0, 0]
        for (let at = from; at < from + length; at++) [before, last] = [last, (samples[at] ?? 0) + turn * last - before]
        return Math.sqrt(last * last + before * before - turn * last * before) / length
      }
      const PIECES = 4
      const seconds = Math.floor(sound.duration)
      const heard: number[] = []
      const levels: number[] = []
      const clearness: number[] = []
      const totals = tones.map((tone) => ({ tone, strength: 0 }))
      for (let second = 0; second < seconds; second++) {
        const from = Math.round((second + 0.25) * rate)
        const length = Math.round(rate / 2)
        let sum = 0
        for (let at = from; at < from + length; at++) sum += (samples[at] ?? 0) ** 2
        const level = Math.sqrt(sum / length)
        // In pieces: where audio lost a moment its phase jumps, which would cancel its own tone over the whole.
        const piece = length / PIECES
        const strengths = tones.map((tone) =>
          Array.from({ length: PIECES }, (_, at) => strength(from + at * piece, piece, tone)).reduce((a, b) => a + b),
        )
        const strongest = Math.max(...strengths)
        for (const [index, total] of totals.entries()) total.strength += strengths[index] ?? 0
        levels.push(level)
        // A tone's strength is half of its amplitude, its level the amplitude divided by the root of two.
        clearness.push(level === 0 ? 0 : ((strongest / PIECES) * Math.SQRT2) / level)
        heard.push(level < 0.005 ? 0 : (tones[strengths.indexOf(strongest)] ?? 0))
      }
      totals.sort((a, b) => b.strength - a.strength)
      return { duration: sound.duration, tones: heard, levels, clearness, totals }
    },
    { url, tones },
  )
}

/** A second with one tone, slightly blurred by the encoder. */
const CLEAR = 0.8
/**
 * The loudest voice is stronger than each other one by this factor, also if a busy machine lost moments and blurred its tone: 1.75 was seen
 * between tones 50 Hz apart. A second voice in the file would be about as loud as the first.
 */
const STANDS_OUT = 1.5

/** The tones in it: the one that stands out, and each that a second has alone. Throws if none stands out. */
export function voicesOf({ tones, clearness, totals }: Sound): number[] {
  const [loudest, next] = totals
  if (!loudest || loudest.strength < STANDS_OUT * (next?.strength ?? 0)) {
    throw new Error(`no tone stands out: ${JSON.stringify(totals)}`)
  }
  const alone = tones.filter((tone, second) => tone > 0 && (clearness[second] ?? 0) > CLEAR)
  return [...new Set([loudest.tone, ...alone])]
}

/** Decodes a file's video. Null if it has none. */
export async function see(page: Page, url: string): Promise<Picture | null> {
  return page.evaluate(async (url) => {
    const video = document.createElement('video')
    video.muted = true
    video.preload = 'auto'
    video.src = url
    const happens = (name: string): Promise<void> =>
      new Promise((resolve, reject) => {
        video.addEventListener(name, () => resolve(), { once: true })
        video.addEventListener('error', () => reject(new Error(video.error?.message ?? 'cannot be played')), {
          once: true,
        })
      })
    await happens('loadeddata')
    const { duration, videoWidth: width, videoHeight: height } = video
    if (width === 0) return null
    const canvas = Object.assign(document.createElement('canvas'), { width, height })
    const picture = canvas.getContext('2d', { willReadFrequently: true })
    if (!picture) throw new Error('no canvas')
    const colours: Array<[number, number, number]> = []
    let changes = 0
    let before: Uint8ClampedArray | null = null
    const looks = 8
    for (let look = 0; look < looks; look++) {
      const seeked = happens('seeked')
      video.currentTime = ((look + 0.5) / looks) * duration
      await seeked
      picture.drawImage(video, 0, 0)
      let all = picture.getImageData(0, 0, width, height).data
      // Found, but not decoded yet: nothing was drawn.
      while (all[3] === 0) {
        await new Promise((resolve) => setTimeout(resolve, 50))
        picture.drawImage(video, 0, 0)
        all = picture.getImageData(0, 0, width, height).data
      }
      if (before && all.some((value, at) => Math.abs(value - (before?.[at] ?? 0)) > 60)) changes++
      before = all
      const low = picture.getImageData(0, Math.round(height * 0.8), width, Math.floor(height * 0.2)).data
      const sum: [number, number, number] = [0, 0, 0]
      for (let at = 0; at < low.length; at += 4) {
        sum[0] += low[at] ?? 0
        sum[1] += low[at + 1] ?? 0
        sum[2] += low[at + 2] ?? 0
      }
      const count = low.length / 4
      colours.push([sum[0] / count, sum[1] / count, sum[2] / count])
    }
    video.removeAttribute('src')
    // On a busy machine a stream begins before its camera does.
    if (colours[0]?.every((part) => part < 20)) colours.shift()
    return { duration, width, height, colours, changes }
  }, url)
}
