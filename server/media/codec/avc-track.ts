import { BitReader, withoutEmulation } from './avc'
import { beginsWithStartCode, isSlice, joinNals, LENGTH_SIZE, NAL, nalType, readNals, type NalForm } from './nal'
import type { Repair } from './repair'

/** Result of reading one tag. */
interface PictureResult {
  /** A new configuration (avcC), to be sent before the picture; null if unchanged. */
  config: Buffer | null
  /** Null if the tag completes no picture. */
  picture: { data: Buffer; key: boolean } | null
  repairs: Repair[]
}

/** Parameter sets by id. */
interface ParameterSets {
  sps: Map<number, Buffer>
  pps: Map<number, Buffer>
}

const AVCC_HEAD = 5
const AVCC_COUNTS = { sps: 0x1f, pps: 0xff }
/** Maximum ids of parameter sets (ITU-T H.264, 7.4.2). */
const LARGEST_ID = { sps: 31, pps: 255 }
/** Maximum bytes of all parameter sets; real ones have less than 200. */
const MOST_SETS = 32 << 10
/** Maximum bytes of units that wait for their picture. */
const MOST_WAITING = 64 << 10
const INTRA_SLICES = [2, 4, 7, 9]

/**
 * Reads the H.264 of one publication as real encoders send it, and returns pictures that every decoder accepts: NAL units with lengths, key
 * frames recognized by content, parameter sets in the configuration. Valid input is passed on unchanged.
 */
export class AvcTrack {
  private sets: ParameterSets = noSets()
  /** Parameter sets that came with other pictures: those of the next key frame, unless it has its own. */
  private early: ParameterSets = noSets()
  /** The form of the units so far. */
  private form: NalForm | null = null
  private lengthSize = LENGTH_SIZE
  private configured = false
  /** Units without a picture, kept for the next one. */
  private waiting: Buffer[] = []

  /** A configuration as sent: avcC, or parameter sets with start codes. Null if it is unchanged or invalid. */
  configure(data: Buffer): { config: Buffer | null; repairs: Repair[] } {
    const annexB = beginsWithStartCode(data)
    const sets = annexB ? setsIn(readNals(data, LENGTH_SIZE).nals) : readAvcc(data)
    if (!sets || sets.sps.size === 0 || sets.pps.size === 0) return { config: null, repairs: ['bad-config'] }
    this.lengthSize = annexB ? LENGTH_SIZE : lengthSizeOf(data)
    if (!fits(sets)) return { config: null, repairs: ['bad-config'] }
    const known = this.configured && sameSets(this.sets, sets)
    this.early = noSets()
    this.sets = sets
    this.configured = true
    if (known) return { config: null, repairs: [] }
    if (annexB) return { config: writeAvcc(sets), repairs: ['start-codes'] }
    return { config: this.lengthSize === LENGTH_SIZE ? data : withLengthSize(data), repairs: [] }
  }

  /** An access unit as sent. `flagged`: its tag marks it as a key frame. */
  read(data: Buffer, flagged: boolean): PictureResult {
    const repairs: Repair[] = []
    const { nals: sent, form, whole } = readNals(data, this.lengthSize, this.form)
    const annexB = form === 'start-codes'
    if (whole && sent.some(isSlice)) this.form = form
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
    // Without a configuration no decoder can start.
    if (!this.configured) return { config: null, picture: null, repairs: [...repairs, 'no-config'] }
    const kept = nals.filter((nal) => !this.isConfigured(nal))
    const unchanged =
      whole && !annexB && this.lengthSize === LENGTH_SIZE && kept.length === sent.length && isSame(kept, sent)
    if (unchanged && sizeOf(kept) === data.length) return { config, picture: { data, key }, repairs }
    return { config, picture: { data: joinNals(kept), key }, repairs }
  }

  /**
   * Takes the parameter sets of a key frame, and those that came since the last one, as the configuration. Returns it if it changed.
   */
  private takeSets(nals: readonly Buffer[], key: boolean): Buffer | null {
    const found = merged(this.early, setsIn(nals))
    this.early = key || !fits(found) ? noSets() : found
    if (!key || found.sps.size + found.pps.size === 0) return null
    // Sets that were never used again must not accumulate.
    const sets = [merged(this.sets, found), found].find(fits)
    if (!sets || sets.sps.size === 0 || sets.pps.size === 0) return null
    if (this.configured && sameSets(this.sets, sets)) return null
    this.sets = sets
    this.configured = true
    return writeAvcc(sets)
  }

  /** Whether the configuration already has this parameter set. */
  private isConfigured(nal: Buffer): boolean {
    const type = nalType(nal)
    if (type !== NAL.sps && type !== NAL.pps) return false
    const sets = type === NAL.sps ? this.sets.sps : this.sets.pps
    const id = idOf(nal)
    return id !== null && (sets.get(id)?.equals(nal) ?? false)
  }
}

/** User data begin with the identifier of their kind. */
const USER_DATA = 5
const NAME_LENGTH = 16
const LAST_BYTE = 0x80

/**
 * Whether SEI messages have the length that they declare (ITU-T H.264, 7.3.2.3). Chromium's decoder, for one, refuses the whole picture
 * otherwise.
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

/** Delimiters, filler data and end-of-sequence units are not stored in FLV and mp4. */
function isKept(nal: Buffer): boolean {
  const type = nalType(nal)
  if (type === NAL.sei) return isWellFormed(nal)
  return isSlice(nal) || type === NAL.sps || type === NAL.pps || type > NAL.filler
}

function isSame(one: readonly Buffer[], other: readonly Buffer[]): boolean {
  return one.every((nal, at) => nal === other[at])
}

const sizeOf = (nals: readonly Buffer[]): number => nals.reduce((sum, { length }) => sum + LENGTH_SIZE + length, 0)

/** Whether a slice is decoded without other pictures: by its first macroblock and slice type. */
function isIntra(nal: Buffer): boolean {
  const type = tryRead(nal.subarray(1, 12), (bits) => {
    bits.unsigned()
    return bits.unsigned()
  })
  return type !== null && INTRA_SLICES.includes(type)
}

/** A parameter set's id; null if truncated. */
function idOf(nal: Buffer): number | null {
  // In a sequence parameter set, profile, constraints and level come first.
  return tryRead(nal.subarray(nalType(nal) === NAL.sps ? 4 : 1, 20), (bits) => bits.unsigned())
}

function tryRead(bytes: Buffer, read: (bits: BitReader) => number): number | null {
  try {
    return read(new BitReader(withoutEmulation(bytes)))
  } catch {
    return null
  }
}

const noSets = (): ParameterSets => ({ sps: new Map(), pps: new Map() })

function setsIn(nals: readonly Buffer[]): ParameterSets {
  const sets = noSets()
  for (const nal of nals) {
    const type = nalType(nal)
    if (type !== NAL.sps && type !== NAL.pps) continue
    const id = idOf(nal)
    const kind = type === NAL.sps ? 'sps' : 'pps'
    if (id !== null && id <= LARGEST_ID[kind]) sets[kind].set(id, Buffer.from(nal))
  }
  return sets
}

function merged(one: ParameterSets, other: ParameterSets): ParameterSets {
  return { sps: new Map([...one.sps, ...other.sps]), pps: new Map([...one.pps, ...other.pps]) }
}

/** Whether an avcC can hold them, within reason: viewers get it before every key frame that they start with. */
function fits({ sps, pps }: ParameterSets): boolean {
  const sizes = [...sps.values(), ...pps.values()].map(({ length }) => length)
  return (
    sps.size <= AVCC_COUNTS.sps &&
    pps.size <= AVCC_COUNTS.pps &&
    sizes.reduce((sum, size) => sum + size, 0) <= MOST_SETS
  )
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

/** The parameter sets of an avcC (ISO 14496-15, 5.2.4.1); null if it is invalid or truncated. */
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
