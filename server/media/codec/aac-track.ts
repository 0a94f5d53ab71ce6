import type { Repair } from './repair'

/** Result of reading one tag. `frames`: more than one if the tag holds several; `at`: ms after the tag's timestamp. */
interface SoundResult {
  /** A new configuration (AudioSpecificConfig); null if unchanged. */
  config: Buffer | null
  frames: { data: Buffer; at: number }[]
  repairs: Repair[]
}

const SAMPLE_RATES = [96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350]
const FRAME_SAMPLES = 1024
const ADTS_HEADER = 7
const ADTS_CHECKSUM = 2

/** Reads the AAC of one publication: ignores invalid configurations and removes ADTS headers inside FLV. */
export class AacTrack {
  private known: Buffer | null = null

  configure(data: Buffer): { config: Buffer | null; repairs: Repair[] } {
    if (!isConfig(data)) return { config: null, repairs: ['bad-config'] }
    if (this.known?.equals(data)) return { config: null, repairs: [] }
    this.known = Buffer.from(data)
    return { config: data, repairs: [] }
  }

  read(data: Buffer): SoundResult {
    if (data.length === 0) return { config: null, frames: [], repairs: ['empty'] }
    const adts = readAdts(data)
    if (!adts) {
      if (this.known === null) return { config: null, frames: [], repairs: ['no-config'] }
      return { config: null, frames: [{ data, at: 0 }], repairs: [] }
    }
    const changed = !this.known || !sameCodec(this.known, adts.config)
    if (changed) this.known = adts.config
    const frames = adts.frames.map((frame, index) => ({ data: frame, at: Math.round(index * adts.frameLength) }))
    return { config: changed ? adts.config : null, frames, repairs: ['adts'] }
  }
}

/** Whether object type and sample rate are present: type 0 is none. */
function isConfig(data: Buffer): boolean {
  return data.length >= 2 && data.readUInt8(0) >> 3 !== 0
}

/** Sample rate and channels of both; with the object type they occupy the first 13 bits. */
function sameCodec(one: Buffer, other: Buffer): boolean {
  return one.readUInt16BE(0) >> 3 === other.readUInt16BE(0) >> 3
}

/** Frames behind ADTS headers (ISO 13818-7, 6.2) that fill `data` exactly; null otherwise. */
function readAdts(data: Buffer): { config: Buffer; frames: Buffer[]; frameLength: number } | null {
  const frames: Buffer[] = []
  let config: Buffer | null = null
  let rate = 0
  let at = 0
  while (at < data.length) {
    if (at + ADTS_HEADER > data.length) return null
    // Sync word (12 bits), version, layer 0. A raw AAC frame never begins like this.
    if (data[at] !== 0xff || ((data[at + 1] ?? 0) & 0xf6) !== 0xf0) return null
    const [third = 0, fourth = 0, fifth = 0, sixth = 0] = data.subarray(at + 2, at + 6)
    const length = ((fourth & 3) << 11) | (fifth << 3) | (sixth >> 5)
    const header = ADTS_HEADER + ((data[at + 1] ?? 0) & 1 ? 0 : ADTS_CHECKSUM)
    if (length <= header || at + length > data.length) return null
    const [profile, index, channels] = [third >> 6, (third >> 2) & 15, ((third & 1) << 2) | (fourth >> 6)]
    rate = SAMPLE_RATES[index] ?? 0
    if (rate === 0) return null
    config ??= Buffer.of(((profile + 1) << 3) | (index >> 1), ((index & 1) << 7) | (channels << 3))
    frames.push(data.subarray(at + header, at + length))
    at += length
  }
  return config && { config, frames, frameLength: (FRAME_SAMPLES * 1000) / rate }
}
