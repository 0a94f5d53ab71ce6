import { BitReader, withoutEmulation } from './avc'
import { beginsWithStartCode, isSlice, joinNals, LENGTH_SIZE, NAL, nalType, readNals } from './nal'
import type { Repair } from './repair'

/** Result of reading one tag. */
export interface PictureResult {
  /** A new configuration (avcC), to be passed on before the picture; null where the last one holds. */
  config: Buffer | null
  /** Null where the tag completes no picture. */
  picture: { data: Buffer; key: boolean } | null
  repairs: Repair[]
}

/** Parameter sets by their ids. */
interface ParameterSets {
  sps: Map<number, Buffer>
  pps: Map<number, Buffer>
}

const AVCC_HEAD = 5
const AVCC_COUNTS = { sps: 0x1f, pps: 0xff }
/** What may wait for its picture, bytes. */
const MOST_WAITING = 64 << 10
const INTRA_SLICES = [2, 4, 7, 9]

/**
 * Reads the H.264 of one publication as encoders really send it, and gives pictures that every decoder takes: NAL units behind
 * their lengths, key frames told by their content, parameter sets in the configuration. What needs no repair is passed on as it is.
 */
export class AvcTrack {
  private sets: ParameterSets = { sps: new Map(), pps: new Map() }
  private lengthSize = LENGTH_SIZE
  private configured = false
  /** Units without a picture of their own that belong to the next one. */
  private waiting: Buffer[] = []

  /** A configuration as it was sent: avcC, or parameter sets behind start codes. Null where it tells nothing new or nothing at all. */
  configure(data: Buffer): { config: Buffer | null; repairs: Repair[] } {
    const annexB = beginsWithStartCode(data)
    const sets = annexB ? setsIn(readNals(data, LENGTH_SIZE).nals) : readAvcc(data)
    if (!sets || sets.sps.size === 0 || sets.pps.size === 0) return { config: null, repairs: ['bad-config'] }
    this.lengthSize = annexB ? LENGTH_SIZE : lengthSizeOf(data)
    const known = this.configured && sameSets(this.sets, sets)
    this.sets = sets
    this.configured = true
    if (known) return { config: null, repairs: [] }
    if (annexB) return { config: writeAvcc(sets), repairs: ['start-codes'] }
    return { config: this.lengthSize === LENGTH_SIZE ? data : withLengthSize(data), repairs: [] }
  }

  /** An access unit as it was sent. `flagged`: its tag calls it a key frame. */
  read(data: Buffer, flagged: boolean): PictureResult {
    const repairs: Repair[] = []
    const { nals: sent, annexB, whole } = readNals(data, this.lengthSize)
    if (annexB) repairs.push('start-codes')
    const nals = [...this.waiting, ...sent].filter(isKept)
    if (sent.some((nal) => nalType(nal) === NAL.sei && !isWellFormed(nal))) repairs.push('bad-sei')
    this.waiting = []
    if (!nals.some(isSlice)) {
      if (nals.length > 0 && nals.reduce((sum, { length }) => sum + length, 0) <= MOST_WAITING) this.waiting = nals
      const nothing = !whole ? 'unreadable' : sent.length === 0 ? 'empty' : 'no-picture'
      return { config: null, picture: null, repairs: [...repairs, nothing] }
    }
    if (!whole) repairs.push('cut-off')
    const key = nals.some((nal) => nalType(nal) === NAL.idr) || (flagged && nals.filter(isSlice).every(isIntra))
    if (key !== flagged) repairs.push('key-flag')
    const config = this.takeSets(nals, key)
    if (config) repairs.push('inband-config')
    // Without a configuration no decoder can begin.
    if (!this.configured) return { config: null, picture: null, repairs: [...repairs, 'no-config'] }
    const kept = nals.filter((nal) => !this.isConfigured(nal))
    const unchanged =
      whole && !annexB && this.lengthSize === LENGTH_SIZE && kept.length === sent.length && isSame(kept, sent)
    if (unchanged && sizeOf(kept) === data.length) return { config, picture: { data, key }, repairs }
    return { config, picture: { data: joinNals(kept), key }, repairs }
  }

  /** Takes parameter sets that stand before a key frame for the configuration; gives that where it changes. */
  private takeSets(nals: readonly Buffer[], key: boolean): Buffer | null {
    if (!key) return null
    const found = setsIn(nals)
    if (found.sps.size + found.pps.size === 0) return null
    const sets = {
      sps: new Map([...this.sets.sps, ...found.sps]),
      pps: new Map([...this.sets.pps, ...found.pps]),
    }
    if (sets.sps.size === 0 || sets.pps.size === 0) return null
    if (this.configured && sameSets(this.sets, sets)) return null
    this.sets = sets
    this.configured = true
    return writeAvcc(sets)
  }

  /** Whether the unit is a parameter set that the configuration has. */
  private isConfigured(nal: Buffer): boolean {
    const type = nalType(nal)
    if (type !== NAL.sps && type !== NAL.pps) return false
    const sets = type === NAL.sps ? this.sets.sps : this.sets.pps
    const id = idOf(nal)
    return id !== null && (sets.get(id)?.equals(nal) ?? false)
  }
}

/** Of user data, which begin with the name of their kind. */
const USER_DATA = 5
const NAME_LENGTH = 16
const LAST_BYTE = 0x80

/**
 * Whether the messages of supplemental information are as long as they say (ITU-T H.264, 7.3.2.3). A decoder that reads others may refuse
 * the whole picture: Chromium's does.
 */
function isWellFormed(sei: Buffer): boolean {
  const bytes = withoutEmulation(sei.subarray(1))
  let at = 0
  const read = (): number => {
    let value = 0
    while (bytes[at] === 0xff) value += bytes.readUInt8(at++)
    return value + (bytes[at++] ?? Infinity)
  }
  while (at < bytes.length && !(at === bytes.length - 1 && bytes[at] === LAST_BYTE)) {
    const [type, size] = [read(), read()]
    at += size
    if (at > bytes.length || (type === USER_DATA && size < NAME_LENGTH)) return false
  }
  return bytes.length > 0
}

/** Delimiters, filler and ends of sequences are no part of what FLV and mp4 hold. */
function isKept(nal: Buffer): boolean {
  const type = nalType(nal)
  if (type === NAL.sei) return isWellFormed(nal)
  return isSlice(nal) || type === NAL.sps || type === NAL.pps || type > NAL.filler
}

function isSame(one: readonly Buffer[], other: readonly Buffer[]): boolean {
  return one.every((nal, at) => nal === other[at])
}

const sizeOf = (nals: readonly Buffer[]): number => nals.reduce((sum, { length }) => sum + LENGTH_SIZE + length, 0)

/** Whether a slice is decoded without other pictures: its header begins with its first block and its type. */
function isIntra(nal: Buffer): boolean {
  const type = tryRead(nal.subarray(1, 12), (bits) => {
    bits.unsigned()
    return bits.unsigned()
  })
  return type !== null && INTRA_SLICES.includes(type)
}

/** A parameter set's id; null where it is cut off. */
function idOf(nal: Buffer): number | null {
  // A sequence parameter set has profile, constraints and level before it.
  return tryRead(nal.subarray(nalType(nal) === NAL.sps ? 4 : 1, 20), (bits) => bits.unsigned())
}

function tryRead(bytes: Buffer, read: (bits: BitReader) => number): number | null {
  try {
    return read(new BitReader(withoutEmulation(bytes)))
  } catch {
    return null
  }
}

function setsIn(nals: readonly Buffer[]): ParameterSets {
  const sets: ParameterSets = { sps: new Map(), pps: new Map() }
  for (const nal of nals) {
    const type = nalType(nal)
    const id = type === NAL.sps || type === NAL.pps ? idOf(nal) : null
    if (id !== null) (type === NAL.sps ? sets.sps : sets.pps).set(id, Buffer.from(nal))
  }
  return sets
}

function sameSets(one: ParameterSets, other: ParameterSets): boolean {
  return (['sps', 'pps'] as const).every(
    (kind) =>
      one[kind].size === other[kind].size &&
      [...one[kind]].every(([id, nal]) => other[kind].get(id)?.equals(nal) ?? false),
  )
}

const lengthSizeOf = (avcc: Buffer): number => ((avcc[AVCC_HEAD - 1] ?? 3) & 3) + 1

function withLengthSize(avcc: Buffer): Buffer {
  const copy = Buffer.from(avcc)
  copy[AVCC_HEAD - 1] = (copy.readUInt8(AVCC_HEAD - 1) & 0xfc) | (LENGTH_SIZE - 1)
  return copy
}

/** The parameter sets of an avcC (ISO 14496-15, 5.2.4.1); null where it is none or cut off. */
function readAvcc(avcc: Buffer): ParameterSets | null {
  if (avcc.length <= AVCC_HEAD || avcc[0] !== 1) return null
  const nals: Buffer[] = []
  let at = AVCC_HEAD
  for (const mask of [AVCC_COUNTS.sps, AVCC_COUNTS.pps]) {
    if (at >= avcc.length) return null
    for (let left = avcc.readUInt8(at++) & mask; left > 0; left--) {
      if (at + 2 > avcc.length) return null
      const from = at + 2
      at = from + avcc.readUInt16BE(at)
      if (at > avcc.length) return null
      nals.push(avcc.subarray(from, at))
    }
  }
  return setsIn(nals)
}

const list = (nals: Iterable<Buffer>): Buffer[] =>
  [...nals].flatMap((nal) => [Buffer.of(nal.length >> 8, nal.length & 0xff), nal])

function writeAvcc({ sps, pps }: ParameterSets): Buffer {
  const [first = Buffer.alloc(4)] = sps.values()
  return Buffer.concat([
    Buffer.of(1, first[1] ?? 0, first[2] ?? 0, first[3] ?? 0, 0xfc | (LENGTH_SIZE - 1), 0xe0 | sps.size),
    ...list(sps.values()),
    Buffer.of(pps.size),
    ...list(pps.values()),
  ])
}
