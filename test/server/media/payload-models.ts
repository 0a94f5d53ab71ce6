/** Unusual but complete FLV payloads, as encoders in the field send them. */
import { parseAacConfig } from '../../../server/media/codec/aac'

export interface Sent {
  type: 8 | 9
  timestamp: number
  payload: Buffer
}
type PayloadModel = <Tag extends Sent>(sent: readonly Tag[]) => Tag[]

const HEAD = 5
const EMPTY = Buffer.alloc(0)
const SEI = Buffer.from('0605010080', 'hex')
const SAMPLE_RATES = [96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350]

export const isPicture = ({ type, payload }: Sent): boolean => type === 9 && payload[1] === 1
export const isSound = ({ type, payload }: Sent): boolean => type === 8 && payload[1] === 1

function nalsOf(payload: Buffer): Buffer[] {
  const nals: Buffer[] = []
  for (let at = HEAD; at < payload.length;) {
    const size = payload.readUInt32BE(at)
    nals.push(payload.subarray(at + 4, at + 4 + size))
    at += 4 + size
  }
  return nals
}
function withLength(nal: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(nal.length)
  return Buffer.concat([length, nal])
}
const lengths = (nals: readonly Buffer[]): Buffer => Buffer.concat(nals.map(withLength))
const startCodes = (nals: readonly Buffer[]): Buffer =>
  Buffer.concat(nals.flatMap((nal) => [Buffer.of(0, 0, 0, 1), nal]))
const body = (payload: Buffer, data: Buffer, first = payload.readUInt8(0)): Buffer =>
  Buffer.concat([Buffer.of(first), payload.subarray(1, HEAD), data])

const SEI_ONLY = lengths([SEI])

/** Whether the tag holds a frame, not only SEI messages. */
export const isFrame = (tag: Sent): boolean =>
  isSound(tag) || (isPicture(tag) && !tag.payload.subarray(HEAD).equals(SEI_ONLY))

/** Every picture with corrupted contents. */
const pictures =
  (change: (payload: Buffer) => Buffer[]): PayloadModel =>
  (sent) =>
    sent.flatMap((tag) => (isPicture(tag) ? change(tag.payload).map((payload) => ({ ...tag, payload })) : [tag]))

/** Each frame with an ADTS header of its stream's rate. */
const withAdts: PayloadModel = (sent) => {
  let [index, channels] = [3, 1]
  return sent.map((tag) => {
    if (tag.type === 8 && tag.payload[1] === 0) {
      const config = parseAacConfig(tag.payload.subarray(2))
      index = SAMPLE_RATES.indexOf(config.sampleRate)
      channels = config.channels
    }
    if (!isSound(tag)) return tag
    const size = tag.payload.length - 2 + 7
    const third = 0x40 | (index << 2) | (channels >> 2)
    const fourth = ((channels & 3) << 6) | (size >> 11)
    const adts = Buffer.of(0xff, 0xf1, third, fourth, (size >> 3) & 255, ((size & 7) << 5) | 0x1f, 0xfc)
    return { ...tag, payload: Buffer.concat([tag.payload.subarray(0, 2), adts, tag.payload.subarray(2)]) }
  })
}

const emptyConfigFirst: PayloadModel = (sent) => {
  const first = sent.find(({ type }) => type === 8)
  return first ? [{ ...first, payload: Buffer.of(0xaf, 0) }, ...sent] : [...sent]
}

/** The parameter sets of an H.264 configuration tag. */
function setsOf(payload: Buffer): Buffer[] {
  const size = payload.readUInt16BE(HEAD + 6)
  const from = HEAD + 8 + size + 3
  return [payload.subarray(HEAD + 8, HEAD + 8 + size), payload.subarray(from, from + payload.readUInt16BE(from - 2))]
}

/** Without configuration tags: the parameter sets are in each key frame. */
export function withSetsInBand<Tag extends Sent>(sent: readonly Tag[]): Tag[] {
  let sets: Buffer[] = []
  return sent.flatMap((tag) => {
    if (tag.type !== 9) return [tag]
    if (!isPicture(tag)) {
      if (tag.payload[1] === 0) sets = setsOf(tag.payload)
      return []
    }
    const isKey = tag.payload.readUInt8(0) >> 4 === 1
    return [isKey ? { ...tag, payload: body(tag.payload, lengths([...sets, ...nalsOf(tag.payload)])) } : tag]
  })
}

export const PAYLOAD_MODELS: readonly (readonly [string, PayloadModel])[] = [
  ['zero-length units', pictures((p) => [body(p, lengths([EMPTY, ...nalsOf(p), EMPTY]))])],
  ['tags with supplemental information only', pictures((p) => [body(p, SEI_ONLY, 0x27), p])],
  ['start codes in place of lengths', pictures((p) => [body(p, startCodes(nalsOf(p)))])],
  [
    'delimiters and filler',
    pictures((p) => [body(p, lengths([Buffer.of(9, 0xf0), ...nalsOf(p), Buffer.from('0cffff80', 'hex')]))]),
  ],
  ['key frames that are not flagged', pictures((p) => [body(p, p.subarray(HEAD), 0x27)])],
  ['all frames flagged as key', pictures((p) => [body(p, p.subarray(HEAD), 0x17)])],
  ['an empty AAC configuration before the right one', emptyConfigFirst],
  ['ADTS headers inside FLV', withAdts],
]
