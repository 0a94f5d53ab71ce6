/** AAC: parses the configuration (AudioSpecificConfig) and makes matching silence. */

export interface AacConfig {
  /** As in `mp4a.40.2`. */
  codec: string
  /** Hz, of the core coder. */
  sampleRate: number
  channels: number
  /** Indices of the sample rate and channels, ISO 14496-3. */
  rateIndex: number
  channelConfig: number
  /** ms */
  frameLength: number
  /** One frame of silence. */
  silence: Buffer
}

const SAMPLE_RATES = [96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350]
const OBJECT = { lowComplexity: 2, bandReplication: 5, parametricStereo: 29 }
/** Samples per frame and channel. */
export const FRAME_SAMPLES = 1024

/** A raw data block's elements, ISO 14496-3 table 4.85. */
const SINGLE = 0
const PAIR = 1
const LOW_FREQUENCY = 3
const END = 7
/** Elements by channel configuration, ISO 14496-3 table 1.19. */
const LAYOUTS: readonly (readonly number[])[] = [
  [],
  [SINGLE],
  [PAIR],
  [SINGLE, PAIR],
  [SINGLE, PAIR, SINGLE],
  [SINGLE, PAIR, PAIR],
  [SINGLE, PAIR, PAIR, LOW_FREQUENCY],
  [SINGLE, PAIR, PAIR, PAIR, LOW_FREQUENCY],
]

/** @throws RangeError if an .aac file (ADTS) cannot hold such a stream. */
export function parseAacConfig(config: Buffer): AacConfig {
  if (config.length < 2) throw new RangeError('The AAC configuration is truncated.')
  const word = config.readUInt16BE(0)
  const objectType = word >> 11
  const rateIndex = (word >> 7) & 15
  const channelConfig = (word >> 3) & 15
  const rate = SAMPLE_RATES[rateIndex]
  const layout = LAYOUTS[channelConfig]
  const shortFrames = objectType === OBJECT.lowComplexity && (word & 4) !== 0
  if (!Object.values(OBJECT).includes(objectType) || shortFrames) {
    throw new RangeError(`AAC of object type ${objectType}${shortFrames ? ' with short frames' : ''} is not recorded.`)
  }
  if (rate === undefined) throw new RangeError('The AAC configuration has no standard sample rate.')
  if (layout === undefined || layout.length === 0)
    throw new RangeError('The AAC channel configuration is not recorded.')
  return {
    codec: `mp4a.40.${objectType}`,
    sampleRate: rate,
    channels: layout.reduce((sum, element) => sum + (element === PAIR ? 2 : 1), 0),
    rateIndex,
    channelConfig,
    frameLength: (FRAME_SAMPLES * 1000) / rate,
    silence: silentFrame(layout),
  }
}

/** One long window per channel without scale factor bands: the whole spectrum is zero. */
function silentFrame(layout: readonly number[]): Buffer {
  const bits: string[] = []
  const put = (value: number, width: number): void => void bits.push(value.toString(2).padStart(width, '0'))
  const window = (): void => put(0, 1 + 2 + 1 + 6 + 1)
  const tools = (): void => put(0, 3)
  const tags = new Map<number, number>()
  for (const element of layout) {
    const tag = tags.get(element) ?? 0
    tags.set(element, tag + 1)
    put(element, 3)
    put(tag, 4)
    if (element === PAIR) {
      put(1, 1)
      window()
      put(0, 2)
      for (let channel = 0; channel < 2; channel++) {
        put(0, 8)
        tools()
      }
    } else {
      put(0, 8)
      window()
      tools()
    }
  }
  put(END, 3)
  const text = bits.join('')
  return Buffer.from(Array.from({ length: Math.ceil(text.length / 8) }, (_, at) => parseByte(text, at)))
}

function parseByte(bits: string, at: number): number {
  return Number.parseInt(bits.slice(at * 8, at * 8 + 8).padEnd(8, '0'), 2)
}
