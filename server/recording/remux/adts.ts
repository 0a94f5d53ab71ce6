import type { AacConfig } from '../../media/codec/aac'

const HEADER_SIZE = 7
const CHECKSUM_SIZE = 2
/** ADTS object types are one less than those of an AudioSpecificConfig. */
const LOW_COMPLEXITY = 1
const NO_BUFFER_FULLNESS = 0x7ff

/**
 * Returns a function that makes the headers of frames in an .aac file (ISO 14496-3, 1.A.2.2), for frames of `size` bytes. It fills the same
 * buffer each time. Spectral band replication is implicit.
 */
export function adtsHeaders({ rateIndex, channelConfig }: AacConfig): (size: number) => Buffer {
  const header = Buffer.alloc(HEADER_SIZE)
  // Sync word, MPEG-4, no CRC.
  header.writeUInt16BE(0xfff1, 0)
  return (size) => {
    const length = HEADER_SIZE + size
    header.writeUInt16BE((LOW_COMPLEXITY << 14) | (rateIndex << 10) | (channelConfig << 6) | (length >> 11), 2)
    header.writeUInt16BE(((length & 0x7ff) << 5) | (NO_BUFFER_FULLNESS >> 6), 4)
    header.writeUInt8((NO_BUFFER_FULLNESS & 0x3f) << 2, 6)
    return header
  }
}

/** Bytes of an ADTS header. */
export const adtsHeaderSize = (frame: Uint8Array): number => HEADER_SIZE + ((frame[1] ?? 0) & 1 ? 0 : CHECKSUM_SIZE)

/** The AudioSpecificConfig of an ADTS frame. */
export function configInAdts(frame: Uint8Array): Buffer {
  const fields = ((frame[2] ?? 0) << 8) | (frame[3] ?? 0)
  const [objectType, rateIndex, channels] = [(fields >> 14) + 1, (fields >> 10) & 15, (fields >> 6) & 7]
  const config = Buffer.alloc(2)
  config.writeUInt16BE((objectType << 11) | (rateIndex << 7) | (channels << 3))
  return config
}
