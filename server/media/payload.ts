import { AacTrack } from './codec/aac-track'
import { AvcTrack } from './codec/avc-track'
import type { Repair } from './codec/repair'
import { AUDIO, VIDEO } from './flv'
import { isUnhandledMedia, kindOf, needsConfig, type TagKind } from './tag'

/** A valid FLV tag body. */
export interface Payload {
  kind: TagKind
  body: Buffer
  /** ms after the time of the tag that it came in. */
  delay: number
}
interface ReadPayload {
  payloads: Payload[]
  repairs: Repair[]
}

const AVC = 7
const AAC = 10
const ENHANCED = 0x80
/** For FLV tag bodies: codec and packet type, and for pictures the composition time. */
const AUDIO_HEAD = 2
const VIDEO_HEAD = 5
const [KEY, DELTA] = [0x17, 0x27]

/** Parses the tag bodies of one publication. H.264 and AAC are repaired (see AvcTrack and AacTrack); other codecs pass through. */
export class PayloadReader {
  private readonly avc = new AvcTrack()
  private readonly aac = new AacTrack()
  private readonly configs = { audio: false, video: false }

  /** Throws BadInput for a video codec that players of the call cannot decode. */
  read(type: typeof AUDIO | typeof VIDEO, body: Buffer): ReadPayload {
    const track = type === AUDIO ? 'audio' : 'video'
    const kind = kindOf(type, body)
    const first = body[0] ?? 0
    const read =
      type === AUDIO && first >> 4 === AAC && body.length >= AUDIO_HEAD
        ? this.readAac(body)
        : type === VIDEO && (first & ENHANCED) === 0 && (first & 15) === AVC && kind !== null
          ? this.readAvc(body, kind)
          : passOn(kind, type, body)
    if (read.payloads.some((payload) => payload.kind === `${track}-config`)) this.configs[track] = true
    const isPlayable = ({ kind, body }: Payload): boolean =>
      kind.endsWith('-config') || this.configs[track] || !needsConfig(type, body)
    const payloads = read.payloads.filter(isPlayable)
    const early = Array.from<Repair>({ length: read.payloads.length - payloads.length }).fill('no-config')
    return { payloads, repairs: [...read.repairs, ...early] }
  }

  private readAac(body: Buffer): ReadPayload {
    const head = body.readUInt8(0)
    const data = body.subarray(AUDIO_HEAD)
    const tag = (packet: number, bytes: Buffer): Buffer => Buffer.concat([Buffer.of(head, packet), bytes])
    if (body[1] === 0) {
      const { config, repairs } = this.aac.configure(data)
      return { payloads: config ? [{ kind: 'audio-config', body: tag(0, config), delay: 0 }] : [], repairs }
    }
    const { config, frames, repairs } = this.aac.read(data)
    const payloads: Payload[] = config ? [{ kind: 'audio-config', body: tag(0, config), delay: 0 }] : []
    for (const { data: frame, at } of frames) {
      payloads.push({ kind: 'audio', body: frame === data ? body : tag(1, frame), delay: at })
    }
    return { payloads, repairs }
  }

  private readAvc(body: Buffer, kind: TagKind): ReadPayload {
    const data = body.subarray(VIDEO_HEAD)
    const configTag = (avcc: Buffer): Payload => {
      const bytes = avcc === data ? body : Buffer.concat([Buffer.of(KEY, 0, 0, 0, 0), avcc])
      return { kind: 'video-config', body: bytes, delay: 0 }
    }
    if (kind === 'video-config') {
      const { config, repairs } = this.avc.configure(data)
      return { payloads: config ? [configTag(config)] : [], repairs }
    }
    const { config, picture, repairs } = this.avc.read(data, kind === 'video-key')
    const payloads = config ? [configTag(config)] : []
    if (picture) {
      const { data: bytes, key } = picture
      const head = Buffer.from(body.subarray(0, VIDEO_HEAD))
      head[0] = key ? KEY : DELTA
      const isAsSent = bytes === data && head[0] === body[0]
      payloads.push({
        kind: key ? 'video-key' : 'video',
        body: isAsSent ? body : Buffer.concat([head, bytes]),
        delay: 0,
      })
    }
    return { payloads, repairs }
  }
}

function passOn(kind: TagKind | null, type: typeof AUDIO | typeof VIDEO, body: Buffer): ReadPayload {
  if (kind !== null) return { payloads: [{ kind, body, delay: 0 }], repairs: [] }
  return { payloads: [], repairs: isUnhandledMedia(type, body) ? ['unsupported'] : [] }
}
