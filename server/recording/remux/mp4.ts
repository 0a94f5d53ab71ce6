/** Writes mp4 files (ISO 14496-12, 14496-14, 14496-15) with the index first, so that they play while they load. */

import { FRAME_SAMPLES } from '../../media/codec/aac'

/** The samples of a track in decoding order. Times in ticks of the track's timescale. */
export interface Samples {
  /** Bytes. */
  sizes: ArrayLike<number>
  /** Decoding times, increasing; the first one is the track's start in the file. */
  decode: ArrayLike<number>
  /** Composition offsets; null if all are 0. */
  shifts: ArrayLike<number> | null
  /** 1 for key frames; null if all samples are. */
  keys: ArrayLike<number> | null
  /** The track's end in the file. */
  end: number
}

export interface Mp4Track {
  kind: 'audio' | 'video'
  /** Ticks a second. */
  timescale: number
  /** Made by `soundEntry` or `pictureEntry`. */
  entry: Buffer
  /** Of video; 0 for audio. */
  width: number
  height: number
  samples: Samples
}

/** Consecutive samples of one track that are contiguous in the file. */
export interface Chunk {
  track: number
  from: number
  to: number
  /** Bytes. */
  size: number
}

/** Duration of a chunk of each track, s. */
const INTERLEAVE = 1
/** Of the movie, ticks per second. */
const TIMESCALE = 1000
/** From 1904, the epoch of mp4, to 1970, s. */
const EPOCH = 2_082_844_800
/** Maximum number of reordered pictures. */
const REORDERED = 16
const LARGEST_32 = 0xffffffff

/**
 * Returns the bytes before the samples, and the order of the samples in the file. `recordedAt`: wall clock, ms; used as the file's date, so
 * that repeated remuxing gives the same bytes.
 */
export function layOut(tracks: readonly Mp4Track[], recordedAt: number): { head: Buffer; chunks: Chunk[] } {
  const chunks = chunksOf(tracks)
  const bytes = chunks.reduce((sum, { size }) => sum + size, 0)
  const first = box('ftyp', ascii('isom'), u32(0x200), ascii('isomiso2avc1mp41'))
  // Its size does not depend on the chunk offsets.
  const size = movie(tracks, chunks, 0, bytes, recordedAt).length
  const begin = first.length + size + dataHeader(bytes).length
  return { head: Buffer.concat([first, movie(tracks, chunks, begin, bytes, recordedAt), dataHeader(bytes)]), chunks }
}

/** Duration of the file, ms. */
export function lengthOf(tracks: readonly Mp4Track[]): number {
  return Math.max(0, ...tracks.map(({ samples, timescale }) => (samples.end * 1000) / timescale))
}

function chunksOf(tracks: readonly Mp4Track[]): Chunk[] {
  const chunks: Chunk[] = []
  const next = tracks.map(() => 0)
  const isLeft = (track: Mp4Track, at: number): boolean => (next[at] ?? 0) < track.samples.sizes.length
  for (let until = INTERLEAVE; tracks.some(isLeft); until += INTERLEAVE) {
    tracks.forEach(({ timescale, samples: { sizes, decode } }, track) => {
      const from = next[track] ?? 0
      let to = from
      let size = 0
      for (; to < sizes.length && (decode[to] ?? 0) < until * timescale; to++) size += sizes[to] ?? 0
      if (to > from) chunks.push({ track, from, to, size })
      next[track] = to
    })
  }
  return chunks
}

function movie(
  tracks: readonly Mp4Track[],
  chunks: readonly Chunk[],
  begin: number,
  bytes: number,
  recordedAt: number,
): Buffer {
  const created = Math.floor(recordedAt / 1000) + EPOCH
  const offsets: number[][] = tracks.map(() => [])
  let at = begin
  for (const { track, size } of chunks) {
    offsets[track]?.push(at)
    at += size
  }
  // Chosen by values that do not depend on the offsets.
  const wide = bytes > LARGEST_32 / 2
  const traks = tracks.map((track, index) => {
    const own = chunks.filter((chunk) => chunk.track === index)
    return trackBox(track, index + 1, own, offsets[index] ?? [], wide, created)
  })
  const duration = Math.max(0, ...tracks.map((track) => inMovie(track.samples.end, track)))
  const header = timedBox('mvhd', 0, created, duration, (time) => [u32(TIMESCALE), time], [
    u32(0x00010000),
    u16(0x0100),
    Buffer.alloc(10),
    MATRIX,
    Buffer.alloc(24),
    u32(tracks.length + 1),
  ])
  return box('moov', header, ...traks)
}

const inMovie = (ticks: number, { timescale }: Mp4Track): number => Math.round((ticks * TIMESCALE) / timescale)

function trackBox(
  track: Mp4Track,
  id: number,
  chunks: readonly Chunk[],
  offsets: readonly number[],
  wide: boolean,
  created: number,
): Buffer {
  const { kind, samples, timescale, width, height } = track
  const shown = firstShown(samples)
  const duration = lastIn(samples.decode) + lastLength(samples) - (samples.decode[0] ?? 0)
  const isPicture = kind === 'video'
  const tail = [Buffer.alloc(8), u16(0), u16(isPicture ? 0 : 1), u16(isPicture ? 0 : 0x0100), u16(0), MATRIX]
  const header = timedBox('tkhd', 3, created, inMovie(samples.end, track), (time) => [u32(id), u32(0), time], [
    ...tail,
    u32(width * 0x10000),
    u32(height * 0x10000),
  ])
  const media = box(
    'mdia',
    timedBox('mdhd', 0, created, duration, (time) => [u32(timescale), time], [u16(0x55c4), u16(0)]),
    full('hdlr', 0, 0, u32(0), ascii(isPicture ? 'vide' : 'soun'), Buffer.alloc(12), ascii('Recording\0')),
    box(
      'minf',
      isPicture ? full('vmhd', 0, 1, Buffer.alloc(8)) : full('smhd', 0, 0, Buffer.alloc(4)),
      box('dinf', full('dref', 0, 0, u32(1), full('url ', 0, 1))),
      box(
        'stbl',
        full('stsd', 0, 0, u32(1), track.entry),
        decodeTimes(samples),
        ...shiftsBox(samples),
        ...keysBox(samples),
        chunkSizes(chunks),
        full('stsz', 0, 0, u32(0), u32(samples.sizes.length), words(samples.sizes)),
        wide
          ? full('co64', 0, 0, u32(offsets.length), ...offsets.map(u64))
          : full('stco', 0, 0, u32(offsets.length), words(offsets)),
      ),
    ),
  )
  return box('trak', header, ...editList(track, shown), media)
}

/** Presentation time of the first picture, which may not be the first one decoded. */
function firstShown({ decode, shifts }: Samples): number {
  if (!shifts) return decode[0] ?? 0
  let first = Infinity
  for (let at = 0; at < Math.min(REORDERED, decode.length); at++) {
    first = Math.min(first, (decode[at] ?? 0) + (shifts[at] ?? 0))
  }
  return first
}

/** An empty edit until the track begins, then the whole track. */
function editList(track: Mp4Track, shown: number): Buffer[] {
  const { samples } = track
  const from = shown - (samples.decode[0] ?? 0)
  if (shown === 0 && from === 0) return []
  const edit = (duration: number, media: number): Buffer =>
    Buffer.concat([u64(Math.max(0, duration)), media < 0 ? Buffer.alloc(8, 0xff) : u64(media), u32(0x00010000)])
  const begin = inMovie(shown, track)
  const edits = [edit(inMovie(samples.end, track) - begin, Math.max(0, from))]
  if (begin > 0) edits.unshift(edit(begin, -1))
  return [box('edts', full('elst', 1, 0, u32(edits.length), ...edits))]
}

/** Sample durations, run-length encoded. */
function decodeTimes(samples: Samples): Buffer {
  const { decode } = samples
  const last = decode.length - 1
  return runs('stts', 0, decode.length, (at) =>
    at < last ? (decode[at + 1] ?? 0) - (decode[at] ?? 0) : lastLength(samples),
  )
}

const lastIn = (values: ArrayLike<number>): number => values[values.length - 1] ?? 0

/** The last sample ends with the track, as the last one shown does. */
function lastLength({ decode, shifts, end }: Samples): number {
  if (!shifts) return Math.max(0, end - lastIn(decode))
  let latest = 0
  for (let at = Math.max(0, decode.length - REORDERED); at < decode.length; at++) {
    latest = Math.max(latest, (decode[at] ?? 0) + (shifts[at] ?? 0))
  }
  return Math.max(0, end - latest)
}

function shiftsBox({ shifts }: Samples): Buffer[] {
  if (!shifts) return []
  // Only version 1 has signed offsets.
  let version = 0
  for (let at = 0; at < shifts.length; at++) if ((shifts[at] ?? 0) < 0) version = 1
  return [runs('ctts', version, shifts.length, (at) => (shifts[at] ?? 0) >>> 0)]
}

function runs(type: string, version: number, count: number, valueOf: (at: number) => number): Buffer {
  const pairs: number[] = []
  let [value, length] = [0, 0]
  for (let at = 0; at < count; at++) {
    const next = valueOf(at)
    if (length > 0 && next !== value) pairs.push(length, value)
    length = length > 0 && next === value ? length + 1 : 1
    value = next
  }
  if (length > 0) pairs.push(length, value)
  return full(type, version, 0, u32(pairs.length / 2), words(pairs))
}

function keysBox({ keys }: Samples): Buffer[] {
  if (!keys) return []
  const numbers: number[] = []
  for (let at = 0; at < keys.length; at++) if (keys[at] === 1) numbers.push(at + 1)
  return numbers.length === keys.length ? [] : [full('stss', 0, 0, u32(numbers.length), words(numbers))]
}

function chunkSizes(chunks: readonly Chunk[]): Buffer {
  const entries: number[] = []
  let before = 0
  chunks.forEach(({ from, to }, at) => {
    if (to - from !== before) entries.push(at + 1, to - from, 1)
    before = to - from
  })
  return full('stsc', 0, 0, u32(entries.length / 3), words(entries))
}

/** The sample entry of H.264. `description`: avcC. */
export function pictureEntry(width: number, height: number, description: Buffer): Buffer {
  const resolution = u32(72 << 16)
  const name = Buffer.alloc(32)
  const size = [u16(width), u16(height), resolution, resolution, u32(0), u16(1)]
  return box('avc1', ENTRY, Buffer.alloc(16), ...size, name, u16(24), u16(0xffff), box('avcC', description))
}

/** The sample entry of AAC. `description`: AudioSpecificConfig; `sampleRate`: Hz. */
export function soundEntry(channels: number, sampleRate: number, description: Buffer): Buffer {
  const decoder = descriptor(5, description)
  const config = descriptor(4, Buffer.of(0x40, 0x15, 0, 0, 0), u32(0), u32(0), decoder)
  const stream = descriptor(3, u16(0), Buffer.of(0), config, descriptor(6, Buffer.of(2)))
  const rate = u32(sampleRate < 0x10000 ? sampleRate * 0x10000 : 0)
  return box('mp4a', ENTRY, Buffer.alloc(8), u16(channels), u16(16), u32(0), rate, full('esds', 0, 0, stream))
}

/** A track of AAC frames without gaps. `sizes`: bytes of each frame; `description`: AudioSpecificConfig; `sampleRate`: Hz. */
export function soundTrack(
  { channels, sampleRate, description }: { channels: number; sampleRate: number; description: Buffer },
  sizes: readonly number[],
): Mp4Track {
  const samples = {
    sizes,
    decode: sizes.map((_, at) => at * FRAME_SAMPLES),
    shifts: null,
    keys: null,
    end: sizes.length * FRAME_SAMPLES,
  }
  const entry = soundEntry(channels, sampleRate, description)
  return { kind: 'audio', timescale: sampleRate, entry, width: 0, height: 0, samples }
}

/** Common start of a sample entry: reserved bytes and the data reference (this file). */
const ENTRY = Buffer.of(0, 0, 0, 0, 0, 0, 0, 1)
const MATRIX = Buffer.concat([0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000].map(u32))

function descriptor(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  const length = Buffer.from([21, 14, 7, 0].map((bits) => ((content.length >> bits) & 0x7f) | (bits > 0 ? 0x80 : 0)))
  return Buffer.concat([Buffer.of(tag), length, content])
}

const dataHeader = (bytes: number): Buffer =>
  bytes + 8 <= LARGEST_32
    ? Buffer.concat([u32(bytes + 8), ascii('mdat')])
    : Buffer.concat([u32(1), ascii('mdat'), u64(bytes + 16)])

function box(type: string, ...parts: Buffer[]): Buffer {
  const size = parts.reduce((sum, { length }) => sum + length, 8)
  return Buffer.concat([u32(size), ascii(type), ...parts], size)
}
function full(type: string, version: number, flags: number, ...parts: Buffer[]): Buffer {
  return box(type, u32((version << 24) | flags), ...parts)
}
/** A box with creation and modification time and duration, 64 bits if needed. */
function timedBox(
  type: string,
  flags: number,
  created: number,
  duration: number,
  between: (duration: Buffer) => Buffer[],
  rest: Buffer[],
): Buffer {
  const wide = Math.max(created, duration) > LARGEST_32
  const time = wide ? u64 : u32
  return full(type, wide ? 1 : 0, flags, time(created), time(created), ...between(time(duration)), ...rest)
}

function words(values: ArrayLike<number>): Buffer {
  const bytes = Buffer.allocUnsafe(values.length * 4)
  for (let at = 0; at < values.length; at++) bytes.writeUInt32BE(values[at] ?? 0, at * 4)
  return bytes
}
function ascii(text: string): Buffer {
  return Buffer.from(text, 'latin1')
}
function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16BE(value)
  return bytes
}
function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(value))
  return bytes
}
