import { createWriteStream } from 'node:fs'
import { once } from 'node:events'
import { finished } from 'node:stream/promises'
import { encodeAmf } from '../media/amf0'
import { flvHeader } from '../media/flv'
import type { Fates } from './frame-account'
import { numberedPackets, type Numbered } from './numbered-packets'
import type { Chosen, ParticipantTimeline } from './participant-timeline'
import { encodeTag, TAG_TYPE } from './spool-format'

/** FLV's first byte of an AAC tag, and of H.264 tags. */
const AAC = 0xaf
const KEY = 0x17
const DELTA = 0x27
const CONFIG = 0
const FRAME = 1
/** Half a frame at 48 kHz plus rounding, ms. */
const EXACT = 12
/** Share of wrong frames above which all are counted. */
const MOST_UNEVEN = 0.05

/**
 * Writes a participant's live recording: its stream as one FLV file, frame by frame in the order in which it came, with the pauses that
 * it had. A codec configuration stands before the first frame that needs it, as in the live stream. `length`: ms.
 */
export async function writeLive(
  timeline: ParticipantTimeline,
  chosen: Chosen,
  path: string,
  length: number,
  fates: Fates,
): Promise<void> {
  const file = createWriteStream(path)
  // A failure ends the file, and is thrown by whatever is awaited next.
  const failed = new AbortController()
  file.on('error', (error) => failed.abort(error))
  const put = async (bytes: Buffer): Promise<void> => {
    failed.signal.throwIfAborted()
    if (!file.write(bytes)) await once(file, 'drain', { signal: failed.signal })
  }
  const publications = timeline.publications.filter(({ publication }) => {
    const { audio, video } = chosen(publication)
    return audio || video
  })
  const has = (track: 'audio' | 'video'): boolean =>
    publications.some(({ publication }) => publication[track].sent.length > 0)
  const soundAt = soundTimes(timeline)
  const configs: Record<Numbered['kind'], Buffer | null> = { audio: null, video: null }
  try {
    await put(flvHeader({ audio: has('audio'), video: has('video') }))
    await put(encodeTag(TAG_TYPE.script, 0, encodeAmf('onMetaData', { duration: length / 1000 })))
    for await (const packet of numberedPackets(timeline.publications)) {
      if (packet.kind === 'break') continue
      const time = packet.kind === 'audio' ? soundAt(packet.number) : (timeline.pictures[packet.number] ?? 0)
      if (configs[packet.kind] !== packet.description) await put(configTag(packet, time))
      configs[packet.kind] = packet.description
      await put(tagOf(packet, time))
      fates[packet.kind].written(packet.number)
    }
    file.end()
    await finished(file)
  } catch (error) {
    file.destroy()
    throw failed.signal.aborted ? failed.signal.reason : error
  }
}

/** Time of each audio frame: its own, or the counted one if its own is wrong. Counted for all frames if many are wrong (bursts, jitter). */
function soundTimes({ sounds, sound }: ParticipantTimeline): (number: number) => number {
  const counted = (number: number): number => sound?.timeAt(sound.starts[number] ?? 0) ?? 0
  const isExact = (number: number): boolean => Math.abs((sounds[number] ?? 0) - counted(number)) <= EXACT
  let uneven = 0
  for (let number = 0; number < sounds.length; number++) if (!isExact(number)) uneven++
  if (uneven > sounds.length * MOST_UNEVEN) return counted
  return (number) => (isExact(number) ? (sounds[number] ?? 0) : counted(number))
}

const timeOf = (ms: number): number => Math.max(0, Math.round(ms))

function configTag({ kind, description }: Numbered, time: number): Buffer {
  if (kind === 'audio') return encodeTag(TAG_TYPE.audio, timeOf(time), audioTag(CONFIG, description))
  return encodeTag(TAG_TYPE.video, timeOf(time), videoTag(KEY, CONFIG, 0, description))
}

function tagOf(packet: Numbered, time: number): Buffer {
  if (packet.kind === 'audio') return encodeTag(TAG_TYPE.audio, timeOf(time), audioTag(FRAME, packet.data))
  const payload = videoTag(packet.key ? KEY : DELTA, FRAME, packet.shift, packet.data)
  return encodeTag(TAG_TYPE.video, timeOf(time), payload)
}

const audioTag = (type: number, data: Buffer): Buffer => Buffer.concat([Buffer.of(AAC, type), data])

function videoTag(first: number, type: number, shift: number, data: Buffer): Buffer {
  const head = Buffer.of(first, type, 0, 0, 0)
  head.writeIntBE(shift, 2, 3)
  return Buffer.concat([head, data])
}
