/**
 * Five distinguishable members. Each has a white flash with a beep at every full second of its stream, over its own colour and with its own
 * tone, and its own format, like phones.
 */
import type { MediaTag } from '../../../../server/media/types'
import { ffmpeg } from '../../../support/ffmpeg'
import { tagsIn } from '../tags'

export type Colour = readonly [red: number, green: number, blue: number]
/** Orientation of the phone: another one is another picture size. */
export type Shape = 'wide' | 'tall'
export interface Member {
  uid: number
  account: string
  colour: Colour
  /** Colour of its name card: that of its account's avatar on phones. */
  card: Colour
  /** Of its beeps, Hz; in windows of 20 ms none is detected as another. Between its beeps it hums (see `humOf`). */
  tone: number
  /** Frames a second. */
  rate: number
  sampleRate: number
}

const MEMBERS: readonly Member[] = [
  { uid: 1, account: 'anna', colour: [0, 0, 144], card: [0xb4, 0x34, 0x1f], tone: 500, rate: 15, sampleRate: 48_000 },
  {
    uid: 2,
    account: 'boris',
    colour: [144, 0, 144],
    card: [0x8a, 0x4b, 0x08],
    tone: 900,
    rate: 20,
    sampleRate: 44_100,
  },
  { uid: 3, account: 'clara', colour: [0, 144, 0], card: [0x7c, 0x3a, 0xed], tone: 1300, rate: 24, sampleRate: 48_000 },
  { uid: 4, account: 'david', colour: [144, 0, 0], card: [0x3f, 0x62, 0x12], tone: 1700, rate: 30, sampleRate: 32_000 },
  {
    uid: 5,
    account: 'jonas',
    colour: [144, 144, 0],
    card: [0x0f, 0x76, 0x6e],
    tone: 2100,
    rate: 15,
    sampleRate: 16_000,
  },
]
export function memberOf(uid: number): Member {
  const member = MEMBERS[uid - 1]
  if (!member) throw new Error(`There is no member ${uid}.`)
  return member
}

/** Duration of a flash and a beep, seconds. */
export const FLASH = 0.14
/** Interval of key frames, seconds. */
export const KEY_INTERVAL = 0.5
/** Length of a member's video and audio unless more is needed, seconds. */
const SECONDS = 8
const RAMP = 0.01
/** Samples. */
const ENCODER_DELAY = 1024
const SIZES: Record<Shape, string> = { wide: '160x120', tall: '120x160' }

/** Tone that a member's audio contains all the time, so that silence in a file is a loss; Hz. */
export const humOf = ({ tone }: Member): number => tone + 200
export const HUM = 0.05

const encoded = new Map<string, readonly MediaTag[]>()
function once(key: string, encode: () => readonly MediaTag[]): readonly MediaTag[] {
  const known = encoded.get(key) ?? encode()
  encoded.set(key, known)
  return known
}

/** `seconds`: minimum length. */
interface Encoding {
  seconds: number
  /** Interval of key frames, seconds. */
  keyInterval?: number
  channels?: 1 | 2
}
const lengthFor = (seconds: number): number => Math.ceil(seconds / SECONDS) * SECONDS

/** Its video: with flashes, or `dark` for a covered camera. Timestamps in ms from 0. */
export function pictureOf(
  { uid, colour, rate }: Member,
  shape: Shape,
  { seconds, keyInterval = KEY_INTERVAL, dark }: Encoding & { dark: boolean },
): readonly MediaTag[] {
  const length = lengthFor(seconds)
  return once(`picture ${uid} ${shape} ${dark} ${length} ${keyInterval}`, () => {
    const hex = (dark ? [0, 0, 0] : colour).map((value) => value.toString(16).padStart(2, '0')).join('')
    const flash = dark ? 'null' : `drawbox=color=white:t=fill:enable='lt(mod(t+0.001,1),${FLASH})'`
    return encode([
      ['-f', 'lavfi', '-i', `color=c=0x${hex}:s=${SIZES[shape]}:r=${rate}:d=${length},${flash}`],
      ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'],
      ['-g', String(Math.ceil(keyInterval * rate)), '-force_key_frames', `expr:gte(t,n_forced*${keyInterval})`],
    ])
  })
}

/** Its audio. Timestamps like its video's: when it is heard, without the encoder's priming. */
export function soundOf(member: Member, { seconds, channels = 1 }: Encoding): readonly MediaTag[] {
  const { uid, tone, sampleRate } = member
  const length = lengthFor(seconds)
  return once(`sound ${uid} ${length} ${channels}`, () => {
    // Without clicks, which contain every tone.
    const swell = `clip(mod(t,1)/${RAMP},0,1)*clip((${FLASH}-mod(t,1))/${RAMP},0,1)`
    const wave = `0.4*sin(2*PI*${tone}*t)*${swell}+${HUM}*sin(2*PI*${humOf(member)}*t)`
    const exprs = Array.from({ length: channels }, () => wave).join('|')
    const delay = (ENCODER_DELAY * 1000) / sampleRate
    const tags = encode([
      ['-f', 'lavfi', '-i', `aevalsrc=exprs='${exprs}':s=${sampleRate}:d=${length}`],
      ['-c:a', 'aac', '-b:a', '64k', '-ac', String(channels)],
    ])
    return tags.flatMap((tag) => {
      const timestamp = tag.kind === 'audio' ? Math.round(tag.timestamp - delay) : 0
      return timestamp < 0 ? [] : [{ ...tag, timestamp }]
    })
  })
}

function encode(args: readonly string[][]): MediaTag[] {
  return tagsIn(ffmpeg(...args.flat(), '-f', 'flv', '-flvflags', 'no_duration_filesize', 'pipe:1'))
}
