import { closeSync, openSync, readSync } from 'node:fs'
import type { SpoolFile, SpooledPublication } from '../remux/publication'

/** Positions of a track's frames in the participant's spool, by number. */
export interface SpooledTrack {
  /** Offsets in the concatenated files of the spool, bytes. */
  places: Float64Array
  /** Bytes. */
  sizes: Uint32Array
}
interface SpooledPictures extends SpooledTrack {
  /** 1 for key frames. */
  keys: Uint8Array
  /** Composition time, ms. */
  shifts: Int32Array
  /** 1 for frames after a damaged range. */
  breaks: Uint8Array
}

/** All frames of a participant, numbered per track. */
export class SpooledFrames {
  readonly audio: SpooledTrack
  readonly video: SpooledPictures
  private readonly files: readonly SpoolFile[]

  constructor(publications: readonly SpooledPublication[]) {
    this.files = publications.flatMap(({ files }) => files)
    this.audio = trackOf(publications, 'audio')
    const count = publications.reduce((sum, { video }) => sum + video.sent.length, 0)
    const [keys, shifts] = [new Uint8Array(count), new Int32Array(count)]
    const breaks = new Uint8Array(keys.length + 1)
    let base = 0
    for (const { video } of publications) {
      keys.set(video.keys.values, base)
      shifts.set(video.shifts.values, base)
      for (const number of [0, ...video.breaks]) breaks[base + number] = 1
      base += video.sent.length
    }
    this.video = { ...trackOf(publications, 'video'), keys, shifts, breaks }
  }

  /** A reader of the frames; close it after use. */
  reader(): FrameReader {
    return new FrameReader(this.files)
  }
}

function trackOf(publications: readonly SpooledPublication[], track: 'audio' | 'video'): SpooledTrack {
  const count = publications.reduce((sum, publication) => sum + publication[track].sent.length, 0)
  const all = { places: new Float64Array(count), sizes: new Uint32Array(count) }
  let [number, base] = [0, 0]
  for (const publication of publications) {
    const { places, sizes } = publication[track]
    all.sizes.set(sizes.values, number)
    for (const place of places.values) all.places[number++] = base + place
    base += publication.files.reduce((sum, { size }) => sum + size, 0)
  }
  return all
}

/** Block size and number of cached blocks: frames are read nearly in order. */
const BLOCK = 1 << 20
const KEPT = 4

/** Reads frames by position, in blocks. Blocking, like `FileSink`. */
export class FrameReader {
  /** Bytes of the last read. */
  window: Buffer = Buffer.alloc(0)
  /** Offset of the window in the concatenated files. */
  private start = 0
  private readonly blocks = new Map<number, Buffer>()
  private file: { index: number; descriptor: number } | null = null

  constructor(private readonly files: readonly SpoolFile[]) {}

  /** Offset of a frame in the window, which is moved if needed. */
  find(place: number, size: number): number {
    const from = place - this.start
    return from >= 0 && from + size <= this.window.length ? from : this.load(place, size)
  }

  close(): void {
    if (this.file) closeSync(this.file.descriptor)
    this.file = null
  }

  private load(place: number, size: number): number {
    const { index, start } = this.fileAt(place)
    const at = place - start
    const first = Math.floor(at / BLOCK) * BLOCK
    // A frame across two blocks is read separately.
    const isInOne = at + size <= first + BLOCK
    this.window = isInOne ? this.block(index, start, first) : this.read(index, at, Buffer.allocUnsafeSlow(size))
    this.start = isInOne ? start + first : place
    const from = place - this.start
    if (from + size > this.window.length) throw new Error('A spool file is shorter than before.')
    return from
  }

  private fileAt(place: number): { index: number; start: number } {
    let start = 0
    for (const [index, { size }] of this.files.entries()) {
      if (place < start + size) return { index, start }
      start += size
    }
    throw new RangeError('The frame lies behind the end of the spool.')
  }

  private block(index: number, start: number, first: number): Buffer {
    const key = start + first
    const bytes = this.blocks.get(key) ?? this.read(index, first, this.spareBlock())
    // Keeps the blocks in order of use.
    this.blocks.delete(key)
    this.blocks.set(key, bytes)
    return bytes
  }

  /** Memory for a block: that of the least recently used one if `KEPT` blocks are held. */
  private spareBlock(): Buffer {
    const [oldest] = this.blocks
    if (!oldest || this.blocks.size < KEPT) return Buffer.allocUnsafeSlow(BLOCK)
    this.blocks.delete(oldest[0])
    return Buffer.from(oldest[1].buffer)
  }

  /** Fills the buffer as far as the file goes. */
  private read(index: number, position: number, bytes: Buffer): Buffer {
    const descriptor = this.open(index)
    for (let length = 0; length < bytes.length;) {
      const bytesRead = readSync(descriptor, bytes, length, bytes.length - length, position + length)
      if (bytesRead === 0) return bytes.subarray(0, length)
      length += bytesRead
    }
    return bytes
  }

  private open(index: number): number {
    if (this.file?.index === index) return this.file.descriptor
    this.close()
    const descriptor = openSync(this.files[index]?.path ?? '', 'r')
    this.file = { index, descriptor }
    return descriptor
  }
}
