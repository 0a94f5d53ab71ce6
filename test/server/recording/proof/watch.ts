/** The contents of a file: ffmpeg decodes it to pictures with times, and to samples. */
import { spawn } from 'node:child_process'
import { text, buffer } from 'node:stream/consumers'
import type { Readable } from 'node:stream'
import { FFMPEG } from '../../../support/ffmpeg'
import type { Colour } from './members'

/** An area of the picture, in fractions of its width and height. */
export interface Area {
  x: number
  y: number
  width: number
  height: number
}

const WIDTH = 96
const HEIGHT = 72
const FRAME_BYTES = WIDTH * HEIGHT * 3
const RATE = 16_000
/** Window of listening, samples. */
const WINDOW = RATE * 0.02
const STEP = RATE * 0.0025
/** An amplitude far below any significant one. */
const INAUDIBLE = 0.002

/** The pictures of a file. A picture is shown from its time until the next one. */
class Film {
  constructor(
    readonly times: readonly number[],
    private readonly pixels: Buffer,
  ) {}

  static joined(films: readonly { film: Film; at: number }[]): Film {
    const times = films.flatMap(({ film, at }) => film.times.map((time) => time + at))
    return new Film(times, Buffer.concat(films.map(({ film }) => film.pixels)))
  }

  /** The average colour of an area at a time, in seconds; null before the first picture. */
  colour(time: number, area: Area): Colour | null {
    const next = this.times.findIndex((one) => one > time + 0.001)
    const frame = (next < 0 ? this.times.length : next) - 1
    return frame < 0 ? null : this.frameColour(frame, area)
  }

  /** When white begins in an area, which may change over time; seconds. */
  flashes(areaAt: (time: number) => Area | null): number[] {
    const found: number[] = []
    let was = false
    for (const [frame, time] of this.times.entries()) {
      const area = areaAt(time)
      const is = area !== null && this.frameColour(frame, area).every((value) => value > 185)
      if (is && !was) found.push(time)
      was = is
    }
    return found
  }

  private frameColour(frame: number, { x, y, width, height }: Area): Colour {
    const sums = [0, 0, 0]
    const [left, top] = [Math.round(x * WIDTH), Math.round(y * HEIGHT)]
    const [right, bottom] = [
      Math.max(left + 1, Math.round((x + width) * WIDTH)),
      Math.max(top + 1, Math.round((y + height) * HEIGHT)),
    ]
    for (let row = top; row < bottom; row++) {
      for (let column = left; column < right; column++) {
        const at = frame * FRAME_BYTES + (row * WIDTH + column) * 3
        for (const channel of [0, 1, 2]) sums[channel] = (sums[channel] ?? 0) + (this.pixels[at + channel] ?? 0)
      }
    }
    const count = (right - left) * (bottom - top)
    const [red = 0, green = 0, blue = 0] = sums.map((sum) => Math.round(sum / count))
    return [red, green, blue]
  }
}

/** The audio of a file. */
export class Sound {
  constructor(private readonly samples: Float32Array) {}

  static joined(sounds: readonly { sound: Sound; at: number }[]): Sound {
    const ends = sounds.map(({ sound, at }) => Math.round(at * RATE) + sound.samples.length)
    const samples = new Float32Array(Math.max(...ends))
    for (const { sound, at } of sounds) samples.set(sound.samples, Math.round(at * RATE))
    return new Sound(samples)
  }

  /** When a tone begins, seconds. */
  beeps(tone: number): number[] {
    const found: number[] = []
    let was = false
    for (const { at, strength } of this.strengths(tone, STEP)) {
      // The first window that is above the limit is filled by a third, at its end.
      if (strength > 0.08 && !was) found.push(at + (WINDOW / RATE) * 0.65)
      was = strength > (was ? 0.04 : 0.08)
    }
    return found
  }

  /** Total time with at least one of the tones, seconds. `least`: minimum amplitude. */
  heard(tones: readonly { tone: number; least: number }[]): number {
    const step = WINDOW / 2
    const windows = tones.map(({ tone, least }) => this.strengths(tone, step).map(({ strength }) => strength > least))
    const count = windows[0]?.filter((_, at) => windows.some((one) => one[at])).length ?? 0
    return (count * step) / RATE
  }

  /** The maximum amplitude of a tone. */
  loudest(tone: number): number {
    return this.strengths(tone, WINDOW / 2).reduce((most, { strength }) => Math.max(most, strength), 0)
  }

  private strengths(tone: number, step: number): { at: number; strength: number }[] {
    const turn = (2 * Math.PI * tone) / RATE
    const [cosines, sines] = [Math.cos, Math.sin].map((wave) =>
      Float32Array.from({ length: WINDOW }, (_, n) => wave(turn * n) * (1 - Math.cos((2 * Math.PI * n) / WINDOW))),
    )
    const found = []
    for (let at = 0; at + WINDOW <= this.samples.length; at += step) {
      if (this.isSilent(at)) {
        found.push({ at: at / RATE, strength: 0 })
        continue
      }
      let [real, imaginary] = [0, 0]
      for (let n = 0; n < WINDOW; n++) {
        const sample = this.samples[at + n] ?? 0
        real += sample * (cosines?.[n] ?? 0)
        imaginary += sample * (sines?.[n] ?? 0)
      }
      found.push({ at: at / RATE, strength: (2 * Math.hypot(real, imaginary)) / WINDOW })
    }
    return found
  }

  private isSilent(at: number): boolean {
    for (let n = at; n < at + WINDOW; n++) {
      const sample = this.samples[n] ?? 0
      if (sample > INAUDIBLE || sample < -INAUDIBLE) return false
    }
    return true
  }
}

export interface Watched {
  film: Film | null
  sound: Sound | null
}

/** Consecutive pieces as one; `at`: start of each, seconds. */
export function joined(pieces: readonly (Watched & { at: number })[]): Watched {
  const films = pieces.flatMap(({ film, at }) => (film ? [{ film, at }] : []))
  const sounds = pieces.flatMap(({ sound, at }) => (sound ? [{ sound, at }] : []))
  return {
    film: films.length > 0 ? Film.joined(films) : null,
    sound: sounds.length > 0 ? Sound.joined(sounds) : null,
  }
}

/** Decodes a file; rejects if anything in it is broken. */
export async function watch(path: string): Promise<Watched> {
  // Most mp4 files have both tracks: checking first saves nothing.
  return (
    (await decode(path, !path.endsWith('.aac'), true)) ?? (await decode(path, ...(await tracksOf(path)))) ?? NOTHING
  )
}
const NOTHING: Watched = { film: null, sound: null }

async function tracksOf(path: string): Promise<[hasFilm: boolean, hasSound: boolean]> {
  const { said } = await run(['-i', path], 0)
  return [/Stream #.*Video:/.test(said), /Stream #.*Audio:/.test(said)]
}

/** Null for a missing track. */
async function decode(path: string, hasFilm: boolean, hasSound: boolean): Promise<Watched | null> {
  const film = ['-map', '0:v', '-vf', `scale=${WIDTH}:${HEIGHT}:flags=area,showinfo`, '-vsync', '0']
  const raw = ['-f', 'rawvideo', '-pix_fmt', 'rgb24', 'pipe:3']
  const sound = ['-map', '0:a', '-af', 'aresample=async=1:first_pts=0', '-ac', '1', '-ar', String(RATE)]
  const { said, code, outputs } = await run(
    [
      '-loglevel',
      'level+info',
      '-xerror',
      '-copyts',
      '-i',
      path,
      ...(hasFilm ? [...film, ...raw] : []),
      ...(hasSound ? [...sound, '-f', 'f32le', 'pipe:4'] : []),
    ],
    2,
  )
  if (said.includes('matches no streams')) return null
  // The raw output has no timestamps as exact as those of the file.
  const errors = said.split('\n').filter((line) => /\[(error|fatal)\]/.test(line) && !line.startsWith('[rawvideo @'))
  if (code !== 0 || errors.length > 0) throw new Error(`${path} does not decode: ${errors.join('; ').slice(0, 500)}`)
  const [pixels = Buffer.alloc(0), samples = Buffer.alloc(0)] = outputs
  const times = [...said.matchAll(/showinfo.* pts_time:(\S+)/g)].map(([, time]) => Number(time))
  return {
    film: hasFilm ? new Film(times, pixels) : null,
    sound: hasSound ? new Sound(new Float32Array(new Uint8Array(samples).buffer)) : null,
  }
}

async function run(args: readonly string[], pipes: number) {
  const child = spawn(FFMPEG ?? '', ['-hide_banner', '-nostdin', '-nostats', ...args], {
    stdio: ['ignore', 'ignore', 'pipe', ...Array.from({ length: pipes }, () => 'pipe' as const)],
  })
  const code = new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve))
  const outputs = Promise.all(
    child.stdio
      .slice(3)
      .filter(isReadable)
      .map(async (stream) => await buffer(stream)),
  )
  const said = child.stderr ? await text(child.stderr) : ''
  return { said, outputs: await outputs, code: await code }
}

function isReadable(stream: unknown): stream is Readable {
  return stream !== null && stream !== undefined
}
