import { adtsHeaders } from './adts'
import type { FileSink } from './file-sink'
import type { Fates } from '../frame-account'
import { orderPictures, orderSound, SILENCE, type PictureOrder } from './frame-order'
import { layOut, lengthOf, pictureEntry, soundTrack, type Mp4Track } from './mp4'
import type { ParticipantTimeline, Piece } from './participant-timeline'
import type { FrameReader, SpooledTrack } from '../spool/spooled-frames'

/** Ticks a second of pictures. */
const TIMESCALE = 90_000

/** Writes a piece's audio as ADTS: as long as the piece, with silence in gaps. Returns its length, ms. */
export function writeAac(timeline: ParticipantTimeline, piece: Piece, sink: FileSink, fates: Fates): number {
  if (piece.sound === null) throw new Error('The piece has no sound.')
  const { config } = piece.sound
  const track = timeline.frames.audio
  const order = orderSound(timeline, piece, fates)
  reading(timeline, (reader) => {
    append(sink, reader, { track, order, silence: config.silence, header: adtsHeaders(config) }, 0, order.length)
  })
  return order.length * config.frameLength
}

/**
 * Writes a piece as an mp4 with the index first. Video begins at its own time and is held over gaps; audio, if the participant requested
 * it, begins at 0. `recordedAt`: wall clock of the piece's start, ms; `fates`: records each frame's fate. Returns its length, ms.
 */
export function writeMp4(
  timeline: ParticipantTimeline,
  piece: Piece,
  sink: FileSink,
  { recordedAt, fates }: { recordedAt: number; fates: Fates },
): number {
  if (!piece.picture) throw new Error('The piece has no picture.')
  const { audio, video } = timeline.frames
  const pictures = orderPictures(timeline, piece, fates)
  const sound = orderSound(timeline, piece, fates)
  const all = [
    {
      frames: { track: video, order: pictures.numbers, silence: null, header: null },
      written: pictureTrack(timeline, piece, pictures),
    },
    {
      frames: { track: audio, order: sound, silence: piece.sound?.config.silence ?? null, header: null },
      written: soundTrackOf(timeline, piece, sound),
    },
  ].flatMap(({ frames, written }) => (written && frames.order.length > 0 ? [{ frames, written }] : []))
  const tracks = all.map(({ written }) => written)
  const { head, chunks } = layOut(tracks, recordedAt)
  sink.put(head)
  reading(timeline, (reader) => {
    for (const { track, from, to } of chunks) {
      const frames = all[track]?.frames
      if (frames) append(sink, reader, frames, from, to)
    }
  })
  return lengthOf(tracks)
}

function pictureTrack(
  { frames: { video } }: ParticipantTimeline,
  { picture, start, end }: Piece,
  { numbers, decode, shown }: PictureOrder,
): Mp4Track | null {
  if (!picture) return null
  const { width, height } = picture.config
  const ticks = (ms: number): number => Math.round((ms * TIMESCALE) / 1000)
  const times = decode.map(ticks)
  const shifts = shown.map((time, at) => ticks(time) - (times[at] ?? 0))
  const last = shown.at(-1) ?? 0
  const samples = {
    sizes: numbers.map((number) => video.sizes[number] ?? 0),
    decode: times,
    shifts: shifts.some((shift) => shift !== 0) ? shifts : null,
    keys: numbers.map((number) => video.keys[number] ?? 0),
    end: ticks(Math.max(last, end - start)),
  }
  const entry = pictureEntry(width, height, picture.description)
  return { kind: 'video', timescale: TIMESCALE, entry, width, height, samples }
}

function soundTrackOf({ frames: { audio } }: ParticipantTimeline, { sound }: Piece, order: number[]): Mp4Track | null {
  if (!sound) return null
  const { config, description } = sound
  const sizes = order.map((number) => (number === SILENCE ? config.silence.length : (audio.sizes[number] ?? 0)))
  return soundTrack({ ...config, description }, sizes)
}

/** Frames of a file, by number. */
interface Frames {
  track: SpooledTrack
  order: readonly number[]
  /** Used for `SILENCE`. */
  silence: Buffer | null
  /** Prefix of each frame. */
  header: ((size: number) => Buffer) | null
}

/** Appends some of the frames; nothing is made for each, for there are hundreds of thousands. */
function append(
  sink: FileSink,
  reader: FrameReader,
  { track: { places, sizes }, order, silence, header }: Frames,
  from: number,
  to: number,
): void {
  for (let at = from; at < to; at++) {
    const number = order[at] ?? SILENCE
    const frame = number === SILENCE ? silence : null
    const size = frame?.length ?? sizes[number] ?? 0
    if (header) sink.put(header(size))
    const begin = frame ? 0 : reader.find(places[number] ?? 0, size)
    sink.put(frame ?? reader.window, begin, begin + size)
  }
}

function reading(timeline: ParticipantTimeline, read: (reader: FrameReader) => void): void {
  const reader = timeline.frames.reader()
  try {
    read(reader)
  } finally {
    reader.close()
  }
}
