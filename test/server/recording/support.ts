/** A stand-in for the media engine's events, fed with real H.264 and AAC, and readers that judge finished files. */
import { EventEmitter } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ADTS, EncodedPacketSink, FilePathSource, Input, MP4, type InputTrack } from 'mediabunny'
import { pino } from 'pino'
import type { MediaEvents, MediaTag, Publication } from '../../../server/media/types'
import { createRecording } from '../../../server/recording/recording'
import type { RecordingOptions } from '../../../server/recording/recording'
import type { Recording, RecordingRequest, RecordingSubject } from '../../../server/recording/types'
import { Timeline } from '../../../server/timeline'

export const START = 1_763_800_000_000
export const CID = 4711
export const UID = 101

/** An FLV file's tags, as the media engine would give them. */
export function tagsOf(fixture: 'talk' | 'turned'): MediaTag[] {
  const file = readFileSync(join(__dirname, '../../fixtures', `${fixture}.flv`))
  const tags: MediaTag[] = []
  for (let at = 13; at < file.length;) {
    const size = file.readUIntBE(at + 1, 3)
    const payload = file.subarray(at + 11, at + 11 + size)
    const timestamp = file.readUIntBE(at + 4, 3)
    const type = file[at]
    // Not the end-of-sequence tag, which the engine does not pass on.
    const empty = type === 9 && size <= 5
    if ((type === 8 || type === 9) && !empty) tags.push(makeTag(type, timestamp, payload))
    at += 15 + size
  }
  return tags
}

export function makeTag(type: 8 | 9, timestamp: number, payload: Buffer): MediaTag {
  const config = payload[1] === 0
  const key = payload.readUInt8(0) >> 4 === 1
  const video = config ? 'video-config' : key ? 'video-key' : 'video'
  const kind = type === 8 ? (config ? 'audio-config' : 'audio') : video
  const whole = Buffer.alloc(15 + payload.length)
  whole[0] = type
  whole.writeUIntBE(payload.length, 1, 3)
  whole.writeUIntBE(timestamp % 0x1000000, 4, 3)
  whole[7] = Math.floor(timestamp / 0x1000000)
  payload.copy(whole, 11)
  whole.writeUInt32BE(11 + payload.length, 11 + payload.length)
  return { kind, type, timestamp, payload, flv: () => whole }
}

/** The same tags later or earlier; configurations keep their place. */
export function shifted(tags: readonly MediaTag[], by: number): MediaTag[] {
  return tags.map((tag) => (tag.type === 18 ? tag : makeTag(tag.type, tag.timestamp + by, tag.payload)))
}
export const audioOf = (tags: readonly MediaTag[]): MediaTag[] => tags.filter(({ type }) => type === 8)
export const videoOf = (tags: readonly MediaTag[]): MediaTag[] => tags.filter(({ type }) => type === 9)

export const everything: RecordingRequest = { audio: true, video: true, live: false, type: '2', hostSpeaker: false }

export function subject(change: Partial<RecordingSubject> = {}): RecordingSubject {
  return { cid: CID, uid: UID, account: 'alice', caller: true, audioCall: false, request: everything, ...change }
}

/** A recording in a folder of its own, and the stage to publish on. */
export class Stage {
  readonly media = new EventEmitter<MediaEvents>()
  readonly timeline = new Timeline()
  readonly directory = mkdtempSync(join(tmpdir(), 'recording-'))
  readonly subjects = new Map<number, RecordingSubject>()
  readonly recording: Recording

  constructor(options: Partial<RecordingOptions> = {}) {
    this.recording = createRecording({
      media: this.media,
      directory: this.directory,
      subjectOf: ({ uid }) => this.subjects.get(uid) ?? null,
      logger: pino({ level: 'silent' }),
      timeline: this.timeline,
      patience: 50,
      ...options,
    })
  }

  publish(who: RecordingSubject, at = START): Publication {
    this.subjects.set(who.uid, who)
    const publication: Publication = { name: { cid: who.cid, uid: who.uid }, protocol: 'rtmp', startedAt: at }
    this.media.emit('publish', publication)
    return publication
  }

  send(publication: Publication, tags: readonly MediaTag[]): void {
    for (const tag of tags) this.media.emit('tag', publication, tag)
  }

  unpublish(publication: Publication): void {
    this.media.emit('unpublish', publication, 'closed')
  }

  /** A whole publication, from beginning to end. */
  play(who: RecordingSubject, tags: readonly MediaTag[], at = START): void {
    const publication = this.publish(who, at)
    this.send(publication, tags)
    this.unpublish(publication)
  }

  path(name: string, cid = CID): string {
    return join(this.directory, String(cid), name)
  }

  /** Everything that lies in the call's folder, deep. */
  listing(cid = CID): string[] {
    try {
      return readdirSync(join(this.directory, String(cid)), { recursive: true, encoding: 'utf8' }).sort()
    } catch {
      return []
    }
  }

  async dispose(): Promise<void> {
    await this.recording.close()
    rmSync(this.directory, { recursive: true, force: true })
  }
}

export interface TrackFacts {
  codec: string | null
  /** Seconds. */
  times: number[]
  durations: number[]
  sizes: number[]
  keys: boolean[]
}
export interface MediaFacts {
  duration: number
  audio: (TrackFacts & { sampleRate: number; channels: number }) | null
  video: (TrackFacts & { width: number; height: number }) | null
}

/** What a finished file says, packet by packet. Times in seconds. */
export async function readMedia(path: string): Promise<MediaFacts> {
  const input = new Input({ source: new FilePathSource(path), formats: [MP4, ADTS] })
  try {
    const audio = await input.getPrimaryAudioTrack()
    const video = await input.getPrimaryVideoTrack()
    return {
      duration: await input.computeDuration(),
      audio: audio && {
        ...(await readTrack(audio)),
        sampleRate: await audio.getSampleRate(),
        channels: await audio.getNumberOfChannels(),
      },
      video: video && {
        ...(await readTrack(video)),
        width: await video.getCodedWidth(),
        height: await video.getCodedHeight(),
      },
    }
  } finally {
    input.dispose()
  }
}

async function readTrack(track: InputTrack): Promise<TrackFacts> {
  const facts: TrackFacts = { codec: await track.getCodec(), times: [], durations: [], sizes: [], keys: [] }
  for await (const packet of new EncodedPacketSink(track).packets()) {
    facts.times.push(packet.timestamp)
    facts.durations.push(packet.duration)
    facts.sizes.push(packet.byteLength)
    facts.keys.push(packet.type === 'key')
  }
  return facts
}

/** The types of an mp4's outermost boxes, in order. */
export function boxesOf(path: string): string[] {
  const file = readFileSync(path)
  const boxes: string[] = []
  for (let at = 0; at + 8 <= file.length;) {
    boxes.push(file.toString('latin1', at + 4, at + 8))
    const size = file.readUInt32BE(at)
    at += size === 1 ? Number(file.readBigUInt64BE(at + 8)) : size
  }
  return boxes
}
