import { type AmfObject, type AmfValue, decodeAmf, encodeAmfMetadata, isAmfObject } from './amf0'
import { BadInput } from './errors'

const MAX_SIZE = 64 * 1024
/** Maximum bytes of a key and of a string. Invalid UTF-8 grows when decoded: each byte becomes three. */
const MAX_KEY = 256
const MAX_TEXT = 4_096
/** Some players prefer these to the FLV header, which is correct. */
const SAID_BY_HEADER = new Set(['hasAudio', 'hasVideo'])

/** The `onMetaData` object of a script tag or RTMP data message; null if invalid: streams play without it. */
export function readMetadata(payload: Buffer): AmfObject | null {
  if (payload.length > MAX_SIZE) return null
  let values: AmfValue[]
  try {
    values = decodeAmf(payload)
  } catch (error) {
    if (error instanceof BadInput) return null
    throw error
  }
  if (values[0] === '@setDataFrame') values.shift()
  const [name, metadata] = values
  return name === 'onMetaData' && isAmfObject(metadata) ? metadata : null
}

/** Encodes the metadata for viewers, without nested objects, overlong keys and overlong strings. */
export function writeMetadata(metadata: AmfObject): Buffer {
  const plain = Object.entries(metadata).filter(
    ([key, value]) =>
      typeof value !== 'object' &&
      !SAID_BY_HEADER.has(key) &&
      Buffer.byteLength(key) <= MAX_KEY &&
      (typeof value !== 'string' || Buffer.byteLength(value) <= MAX_TEXT),
  )
  return encodeAmfMetadata('onMetaData', Object.fromEntries(plain))
}
