import { encodeAmf } from '../../media/amf0'
import { flvHeader, SCRIPT, TAG_TYPE, writeFlvTag } from '../../media/flv'
import type { Track } from '../../media/types'
import type { FileSink } from './file-sink'
import type { Fates } from '../frame-account'
import type { Chosen, ParticipantTimeline } from './participant-timeline'
import type { PlacedPublication } from './publication'

/** First byte of AAC and H.264 tags in FLV. */
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
 * Writes a participant's live recording: its stream as one FLV file, in order of arrival, with its pauses. A codec configuration precedes
 * the first frame that needs it, as in the live stream. `length`: ms.
 */
export function writeLive(
  timeline: ParticipantTimeline,
  chosen: Chosen,
  sink: FileSink,
  length: number,
  fates: Fates,
): void {
  const publications = timeline.publications.filter(({ publication }) => {
    const { audio, video } = chosen(publication)
    return audio || video
  })
  const has = (track: Track): boolean => publications.some(({ publication }) => publication[track].sent.length > 0)
  const soundAt = soundTimes(timeline)
  const configs: Record<Track, Buffer | null> = { audio: null, video: null }
  const reader = timeline.frames.reader()
  try {
    sink.put(flvHeader({ audio: has('audio'), video: has('video') }))
    sink.put(writeFlvTag(SCRIPT, 0, encodeAmf('onMetaData', { duration: length / 1000 })))
    for (const { track, number, description } of inOrder(timeline.publications, publications)) {
      const time = timeOf(track === 'audio' ? soundAt(number) : (timeline.pictures[number] ?? 0))
      if (configs[track] !== description) sink.put(configTag(track, description, time))
      configs[track] = description
      const { places, sizes } = timeline.frames[track]
      const [place, size] = [places[number] ?? 0, sizes[number] ?? 0]
      const from = reader.find(place, size)
      const data = reader.window.subarray(from, from + size)
      const payload = track === 'audio' ? audioTag(FRAME, data) : pictureTag(timeline, number, data)
      sink.put(writeFlvTag(TAG_TYPE[track], time, payload))
      fates[track].written(number)
    }
  } finally {
    reader.close()
  }
}

/** All frames of the chosen publications in order of arrival, each with its number and its configuration. */
function* inOrder(
  publications: readonly PlacedPublication[],
  chosen: readonly PlacedPublication[],
): Generator<{ track: Track; number: number; description: Buffer }> {
  const base = { audio: 0, video: 0 }
  for (const placed of publications) {
    const { publication } = placed
    const next = chosen.includes(placed)
      ? { audio: 0, video: 0 }
      : { audio: publication.audio.sent.length, video: publication.video.sent.length }
    const config = { audio: 0, video: 0 }
    const orderOf = (track: Track): number => publication[track].order.at(next[track]) ?? Infinity
    while (Math.min(orderOf('audio'), orderOf('video')) < Infinity) {
      const track = orderOf('audio') < orderOf('video') ? 'audio' : 'video'
      const { configs } = publication[track]
      while ((configs[config[track] + 1]?.from ?? Infinity) <= next[track]) config[track]++
      const description = configs[config[track]]?.description
      if (description) yield { track, number: base[track] + next[track], description }
      next[track]++
    }
    base.audio += publication.audio.sent.length
    base.video += publication.video.sent.length
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

function configTag(track: Track, description: Buffer, time: number): Buffer {
  const payload = track === 'audio' ? audioTag(CONFIG, description) : videoTag(KEY, CONFIG, 0, description)
  return writeFlvTag(TAG_TYPE[track], time, payload)
}

function pictureTag({ frames: { video } }: ParticipantTimeline, number: number, data: Buffer): Buffer {
  return videoTag(video.keys[number] === 1 ? KEY : DELTA, FRAME, video.shifts[number] ?? 0, data)
}

const audioTag = (type: number, data: Buffer): Buffer => Buffer.concat([Buffer.of(AAC, type), data])

function videoTag(first: number, type: number, shift: number, data: Buffer): Buffer {
  const head = Buffer.of(first, type, 0, 0, 0)
  head.writeIntBE(shift, 2, 3)
  return Buffer.concat([head, data])
}
