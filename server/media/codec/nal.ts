/** H.264 NAL units: with lengths as in FLV and mp4, and with start codes as in Annex B. */

/** NAL unit types, ITU-T H.264 table 7-1. */
export const NAL = {
  slice: 1,
  partitionA: 2,
  partitionC: 4,
  idr: 5,
  sei: 6,
  sps: 7,
  pps: 8,
  delimiter: 9,
  endOfSequence: 10,
  endOfStream: 11,
  filler: 12,
} as const

/** Bytes of the lengths that `joinNals` writes. */
export const LENGTH_SIZE = 4
const START_CODE = Buffer.of(0, 0, 1)

export const nalType = (nal: Buffer): number => (nal[0] ?? 0) & 0x1f

/** Whether the unit is a slice. */
export function isSlice(nal: Buffer): boolean {
  const type = nalType(nal)
  return type === NAL.slice || type === NAL.idr || (type >= NAL.partitionA && type <= NAL.partitionC)
}

export type NalForm = 'lengths' | 'start-codes'

interface Nals {
  nals: Buffer[]
  form: NalForm
  /** False if the last units were truncated or invalid; they are left out. */
  whole: boolean
}

/**
 * The NAL units of an access unit in either form, as slices of `data` without empty ones. `lengthSize`: bytes of a length. `usual`: the form
 * of earlier access units, or null: a length of 256 to 511 bytes begins like a start code.
 */
export function readNals(data: Buffer, lengthSize: number, usual: NalForm | null = null): Nals {
  const byLength = readLengths(data, lengthSize)
  if (byLength.whole || !beginsWithStartCode(data)) return byLength
  const isCertain = lengthSize === LENGTH_SIZE && data.indexOf(START_CODE) === 1
  if (usual === 'lengths' && !isCertain) return byLength
  return { nals: readStartCodes(data), form: 'start-codes', whole: true }
}

/** 00 00 01 or 00 00 00 01. */
export function beginsWithStartCode(data: Buffer): boolean {
  const at = data.indexOf(START_CODE)
  return at === 0 || (at === 1 && data[0] === 0)
}

function readLengths(data: Buffer, lengthSize: number): Nals {
  const nals: Buffer[] = []
  let at = 0
  while (at < data.length) {
    if (at + lengthSize > data.length) return { nals, form: 'lengths', whole: false }
    const from = at + lengthSize
    const to = from + data.readUIntBE(at, lengthSize)
    if (to > data.length) return { nals, form: 'lengths', whole: false }
    if (to > from) nals.push(data.subarray(from, to))
    at = to
  }
  return { nals, form: 'lengths', whole: true }
}

function readStartCodes(data: Buffer): Buffer[] {
  const nals: Buffer[] = []
  let code = data.indexOf(START_CODE)
  while (code !== -1) {
    const from = code + START_CODE.length
    code = data.indexOf(START_CODE, from)
    let to = code === -1 ? data.length : code
    // Zeros before a start code belong to it; others are trailing zeros of the unit.
    while (to > from && data[to - 1] === 0) to--
    if (to > from) nals.push(data.subarray(from, to))
  }
  return nals
}
export function joinNals(nals: readonly Buffer[]): Buffer {
  const bytes = Buffer.allocUnsafe(nals.reduce((sum, { length }) => sum + LENGTH_SIZE + length, 0))
  let at = 0
  for (const nal of nals) {
    at = bytes.writeUInt32BE(nal.length, at)
    at += nal.copy(bytes, at)
  }
  return bytes
}
