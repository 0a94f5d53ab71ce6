/**
 * Distinguishable members: each has its own colour and tone, and a white flash with a beep at every full second of its stream; and how to
 * find them in a file.
 */
import type { MediaTag } from '../../../server/media/types'
import { ffmpeg } from '../../support/ffmpeg'
import { tagsIn } from './tags'

export interface Beacon {
  colour: 'red' | 'green' | 'blue' | 'yellow' | 'magenta'
  /** Hz */
  tone: number
}
/** An area of the picture, in fractions of its width and height. */
export interface Area {
  x: number
  y: number
  width: number
  height: number
}

export const FLASH = 0.14
const DIM = { red: '900000', green: '009000', blue: '000090', yellow: '909000', magenta: '900090' }
const RATE = 16_000
/** Window of listening, seconds. */
const WINDOW = 0.02
const STEP = 0.005
/** Size at which the picture is sampled. */
const LOOK = { width: 64, height: 48, rate: 20 }
const FPS = 15

const words = (text: string): string[] => text.split(' ')

/** Real H.264 and AAC of that many seconds, from an encoder. */
export function beaconTags({ colour, tone }: Beacon, seconds: number, size = '320x240'): MediaTag[] {
  const flash = `drawbox=color=white:t=fill:enable='lt(mod(t+0.001,1),${FLASH})'`
  const beep = `0.4*sin(2*PI*${tone}*t)*lt(mod(t,1),${FLASH})`
  return tagsIn(
    ffmpeg(
      ...words(`-f lavfi -i color=c=0x${DIM[colour]}:s=${size}:r=${FPS}:d=${seconds},${flash}`),
      ...words(`-f lavfi -i aevalsrc=exprs='${beep}':s=48000:d=${seconds}`),
      ...words('-c:v libx264 -preset ultrafast -g 15 -pix_fmt yuv420p -c:a aac -ac 1'),
      ...words('-f flv -flvflags no_duration_filesize pipe:1'),
    ),
  )
}

/** The video of a file, small, frame by frame. */
export class Look {
  private readonly pixels: Buffer

  constructor(path: string) {
    const scale = `fps=${LOOK.rate}:start_time=0,scale=${LOOK.width}:${LOOK.height}:flags=area`
    this.pixels = ffmpeg('-i', path, '-vf', scale, '-f', 'rawvideo', '-pix_fmt', 'rgb24', 'pipe:1')
  }

  get seconds(): number {
    return this.pixels.length / (LOOK.width * LOOK.height * 3) / LOOK.rate
  }

  /** Red, green and blue in the middle of an area, 0 to 255. */
  at(seconds: number, { x, y, width, height }: Area): [number, number, number] {
    const frame = Math.round(seconds * LOOK.rate)
    const row = Math.floor((y + height / 2) * LOOK.height)
    const column = Math.floor((x + width / 2) * LOOK.width)
    const at = ((frame * LOOK.height + row) * LOOK.width + column) * 3
    return [this.pixels[at] ?? -1, this.pixels[at + 1] ?? -1, this.pixels[at + 2] ?? -1]
  }

  /** A colour's name; `white` for a flash, `other` for anything else, such as a card. */
  name(seconds: number, area: Area): Beacon['colour'] | 'white' | 'other' {
    const rgb = this.at(seconds, area)
    const word = rgb.map((value) => (value > 200 ? 'F' : value > 100 ? 'D' : value < 60 ? '-' : '?')).join('')
    const names = {
      FFF: 'white',
      'D--': 'red',
      '-D-': 'green',
      '--D': 'blue',
      'DD-': 'yellow',
      'D-D': 'magenta',
    } as const
    const known = Object.entries(names).find(([shape]) => shape === word)
    return known?.[1] ?? 'other'
  }

  /** When flashes begin in an area, seconds. */
  flashes(area: Area): number[] {
    const times = []
    for (let frame = 0, was = false; frame < this.seconds * LOOK.rate; frame++) {
      const is = this.name(frame / LOOK.rate, area) === 'white'
      if (is && !was) times.push(frame / LOOK.rate)
      was = is
    }
    return times
  }
}

/** The audio of a file. */
export class Listen {
  private readonly samples: Float32Array

  /** `from`: skips what is before, seconds. */
  constructor(path: string, from = 0) {
    const bytes = ffmpeg(
      '-i',
      path,
      '-vn',
      '-af',
      `atrim=start=${from}`,
      '-ac',
      '1',
      '-ar',
      String(RATE),
      '-f',
      'f32le',
      'pipe:1',
    )
    this.samples = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length))
  }

  get seconds(): number {
    return this.samples.length / RATE
  }

  /** When beeps of a tone begin, seconds. */
  beeps(tone: number): number[] {
    const turn = (2 * Math.PI * tone) / RATE
    const length = Math.round(WINDOW * RATE)
    const [cosines, sines] = [Math.cos, Math.sin].map((wave) => Float32Array.from({ length }, (_, n) => wave(turn * n)))
    /** The tone's amplitude in a window. */
    const strength = (from: number): number => {
      let [real, imaginary] = [0, 0]
      for (let n = 0; n < length; n++) {
        const sample = this.samples[from + n] ?? 0
        real += sample * (cosines?.[n] ?? 0)
        imaginary += sample * (sines?.[n] ?? 0)
      }
      return (2 * Math.hypot(real, imaginary)) / length
    }
    const times: number[] = []
    let was = false
    for (let at = 0; at + WINDOW < this.seconds; at += STEP) {
      const is = strength(Math.round(at * RATE)) > 0.08
      // The window's middle: half of it is filled then.
      if (is && !was && at - (times.at(-1) ?? -1) > FLASH) times.push(at + WINDOW / 2)
      was = is
    }
    return times
  }
}
