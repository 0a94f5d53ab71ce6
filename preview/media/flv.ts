/** Writes FLV: H.264 and AAC tags for the service. */

export interface Tracks {
  audio: boolean
  video: boolean
}
type Bytes = Uint8Array<ArrayBuffer>

const AUDIO = 8
const VIDEO = 9
const TAG_HEADER = 11
const PREVIOUS_SIZE = 4

/** The file header with the announced tracks; a player waits for each of them. */
export function flvHeader({ audio, video }: Tracks): Bytes {
  const flags = (audio ? 4 : 0) | (video ? 1 : 0)
  return new Uint8Array([0x46, 0x4c, 0x56, 1, flags, 0, 0, 0, 9, 0, 0, 0, 0])
}

/** `description`: the AVCDecoderConfigurationRecord. */
export const videoConfigTag = (timestamp: number, description: Uint8Array): Bytes =>
  tag(VIDEO, timestamp, [0x17, 0, 0, 0, 0], description)
/** `data`: NAL units with their lengths. */
export const videoTag = (timestamp: number, data: Uint8Array, key: boolean): Bytes =>
  tag(VIDEO, timestamp, [key ? 0x17 : 0x27, 1, 0, 0, 0], data)
/** `description`: the AudioSpecificConfig. */
export const audioConfigTag = (timestamp: number, description: Uint8Array): Bytes =>
  tag(AUDIO, timestamp, [0xaf, 0], description)
/** `data`: a raw AAC frame. */
export const audioTag = (timestamp: number, data: Uint8Array): Bytes => tag(AUDIO, timestamp, [0xaf, 1], data)

function tag(type: number, timestamp: number, head: number[], data: Uint8Array): Bytes {
  const size = head.length + data.byteLength
  const bytes = new Uint8Array(TAG_HEADER + size + PREVIOUS_SIZE)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, (type << 24) | size)
  view.setUint32(4, ((timestamp & 0xffffff) << 8) | ((timestamp >>> 24) & 0xff))
  bytes.set(head, TAG_HEADER)
  bytes.set(data, TAG_HEADER + head.length)
  view.setUint32(TAG_HEADER + size, TAG_HEADER + size)
  return bytes
}
