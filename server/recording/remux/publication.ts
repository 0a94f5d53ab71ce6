import { statSync } from 'node:fs'
import { mediaTimes } from '../clock/media-times'
import { usualStep, type TrackTimes } from '../clock/track-times'
import { Column } from './column'
import { parseAacConfig } from '../../media/codec/aac'
import type { Track } from '../../media/types'
import type { SpoolHeader } from '../spool/format'
import { readPackets, type AudioPacket, type VideoPacket } from '../spool/packets'

/** The frames of one track, in order of arrival. */
interface FrameLog {
  sent: Column
  /** ms from the publication's start */
  arrived: Column
  /** Indices among all frames of the publication. */
  order: Column
  /** Ranges of frames with one configuration; `from`: number of the first frame. */
  configs: { from: number; description: Buffer }[]
  /** Video only: 1 for key frames. */
  keys: Column
  /** Video only: composition time, ms. */
  shifts: Column
  /** Offset and size of each frame in the publication's concatenated files, bytes. */
  places: Column
  sizes: Column
  /** Video only: numbers of frames after a damaged range. */
  breaks: number[]
}

/** `size`: bytes read. */
export interface SpoolFile {
  path: string
  size: number
}

/** A publication read from the spool, in one pass. */
export interface SpooledPublication {
  header: SpoolHeader
  files: SpoolFile[]
  audio: FrameLog
  video: FrameLog
  /** Arrival of its last frame on any track, ms from its start; null if it was not closed properly. */
  closedAt: number | null
  /** One of its files was not closed properly. */
  interrupted: boolean
  damagedBytes: number
  /** Per track: frames that no file can hold, and the reason. */
  unusable: Map<Track, { problem: string; frames: number }>
}

const emptyLog = (): FrameLog => ({
  sent: new Column(),
  arrived: new Column(),
  order: new Column(),
  configs: [],
  keys: new Column(),
  shifts: new Column(),
  places: new Column(),
  sizes: new Column(),
  breaks: [],
})

/** Reads a spool file into its publication: the last one or a new one. Returns null if the file does not identify it. */
export function surveyFile(path: string, before: SpooledPublication | null): SpooledPublication | null {
  const { size } = statSync(path)
  let arrival = new ArrivalReader(0)
  const survey: Survey = { publication: null, base: 0, closed: false, loose: 0 }
  readPackets(path, (packet) => {
    if (packet.kind === 'header' && !survey.publication) {
      begin(survey, packet.header, { path, size }, before)
      arrival = new ArrivalReader(packet.header.since ?? 0)
    }
    if (packet.kind === 'damage') noteDamage(survey, packet.bytes)
    const { publication } = survey
    if (!publication) return
    const { version, anchor } = publication.header
    if (packet.kind === 'unusable') {
      const frames = (publication.unusable.get(packet.track)?.frames ?? 0) + 1
      publication.unusable.set(packet.track, { problem: packet.problem, frames })
    } else if (packet.kind === 'audio' || packet.kind === 'video') {
      const arrived = version === 2 ? arrival.read(packet.arrived) : packet.sent - anchor.timestamp
      logFrame(publication, packet, arrived, survey.base)
    } else if (packet.kind === 'end') {
      survey.closed = true
      publication.closedAt = version === 2 ? packet.timestamp : packet.timestamp - anchor.timestamp
    }
  })
  const { publication, closed, loose } = survey
  if (publication) publication.damagedBytes += loose
  if (publication && !closed) publication.interrupted = true
  return publication
}

interface Survey {
  publication: SpooledPublication | null
  /** Offset of this file in the publication's concatenated files, bytes. */
  base: number
  /** The file was closed properly. */
  closed: boolean
  /** Damaged bytes before the header. */
  loose: number
}

function begin(survey: Survey, header: SpoolHeader, file: SpoolFile, before: SpooledPublication | null): void {
  const publication = before?.header.clock === header.clock ? before : newPublication(header)
  survey.base = publication.files.reduce((sum, { size }) => sum + size, 0)
  publication.files.push(file)
  publication.closedAt = null
  survey.publication = publication
}

function noteDamage(survey: Survey, bytes: number): void {
  const { publication } = survey
  if (!publication) {
    survey.loose += bytes
    return
  }
  publication.damagedBytes += bytes
  publication.video.breaks.push(publication.video.sent.length)
}

function logFrame(
  publication: SpooledPublication,
  packet: AudioPacket | VideoPacket,
  arrived: number,
  base: number,
): void {
  const log = publication[packet.kind]
  if (!log.configs.at(-1)?.description.equals(packet.description)) {
    log.configs.push({ from: log.sent.length, description: packet.description })
  }
  log.order.push(publication.audio.sent.length + publication.video.sent.length)
  log.sent.push(packet.sent)
  log.arrived.push(arrived)
  log.places.push(base + packet.at)
  log.sizes.push(packet.size)
  if (packet.kind === 'audio') return
  log.keys.push(packet.key ? 1 : 0)
  log.shifts.push(packet.shift)
}

function newPublication(header: SpoolHeader): SpooledPublication {
  const tracks = { audio: emptyLog(), video: emptyLog() }
  return { header, files: [], ...tracks, closedAt: null, interrupted: false, damagedBytes: 0, unusable: new Map() }
}

/** Restores the full arrival time from 24 bits. */
class ArrivalReader {
  private last: number

  /** `whole`: the last full arrival time, ms. */
  constructor(private whole: number) {
    this.last = whole & 0xffffff
  }

  read(bits: number): number {
    // The nearer candidate: damage may make one go backward.
    const step = ((bits - this.last) << 8) >> 8
    this.last = bits
    this.whole += step
    return this.whole
  }
}

/** A publication on the participant's time line, ms from the participant's first publication. */
export interface PlacedPublication {
  publication: SpooledPublication
  audio: Float64Array
  video: Float64Array
  start: number
  end: number
  /** While decodable pictures came. */
  shown: Run[]
}

interface Run {
  from: number
  to: number
}

/** Maximum number of reordered pictures. */
const REORDERED = 16
/** Duration of a single picture, ms. */
const LONGEST_FRAME = 200
/** An older picture has ended: the camera is off. With a covered camera, publishers still send two frames a second. ms. */
const LONGEST_HOLD = 3_000

/** Continuous runs of pictures, from the first decodable one to the end of the last one. */
function runsOf(times: Float64Array, keys: Float64Array): Run[] {
  const runs: Run[] = []
  const first = keys.indexOf(1)
  if (first === -1) return runs
  for (let at = first; at < times.length; at++) {
    const time = times[at] ?? 0
    const run = runs.at(-1)
    if (!run || time - run.to > LONGEST_HOLD) runs.push({ from: time, to: time })
    else run.to = time
  }
  const frame = Math.min(
    LONGEST_FRAME,
    ((times.at(-1) ?? 0) - (times[first] ?? 0)) / Math.max(1, times.length - first - 1),
  )
  return runs.map(({ from, to }) => ({ from, to: to + frame }))
}

/**
 * Places publications by the wall clock, without overlap. `origin`: wall clock of the participant's first publication, ms; `wallTime`:
 * maximum time that the participant was present, ms.
 */
export function placePublications(
  publications: readonly SpooledPublication[],
  origin: number,
  wallTime: number,
): PlacedPublication[] {
  const placed: PlacedPublication[] = []
  for (const publication of publications) {
    const { audio, video, header, closedAt } = publication
    if (audio.sent.length + video.sent.length === 0) continue
    const begin = header.anchor.wall - origin
    // The end mark of a properly closed file has a checksum; for others only the last write is known.
    const most = closedAt === null ? Math.max(0, wallTime - begin) : closedAt
    const [config] = audio.configs
    const frameLength = config ? parseAacConfig(config.description).frameLength : 1024 / 48
    const times = mediaTimes(plausible(audio, most), plausible(video, most), frameLength)
    const first = Math.min(times.audio[0] ?? Infinity, times.video[0] ?? Infinity)
    const previous = placed.at(-1)?.end ?? 0
    const offset = Math.max(begin, previous - first)
    const moved = { audio: times.audio.map((time) => time + offset), video: times.video.map((time) => time + offset) }
    const frame = Math.min(usualStep(times.video) || LONGEST_FRAME, LONGEST_FRAME)
    const soundEnd = audio.sent.length > 0 ? (moved.audio.at(-1) ?? 0) + frameLength : 0
    const pictureEnd = video.sent.length > 0 ? lastShown(moved.video, video.shifts.values) + frame : 0
    const heard = lastOf(publication, moved)
    const closed = closedAt === null ? 0 : heard.time + Math.max(0, closedAt - heard.arrived)
    const end = Math.max(soundEnd, pictureEnd, closed)
    const shown = runsOf(moved.video, video.keys.values)
    placed.push({ publication, ...moved, start: first + offset, end, shown })
  }
  return placed
}

/** Presentation time of the last picture, which may not be the last one decoded. */
function lastShown(times: Float64Array, shifts: Float64Array): number {
  let last = 0
  for (let at = Math.max(0, times.length - REORDERED); at < times.length; at++) {
    last = Math.max(last, (times[at] ?? 0) + (shifts[at] ?? 0))
  }
  return last
}

const lastFrame = (log: FrameLog, times: Float64Array) => ({
  arrived: log.arrived.at(-1) ?? -1,
  time: times.at(-1) ?? 0,
})

/** Arrival and position of the last frame. */
function lastOf({ audio, video }: SpooledPublication, moved: { audio: Float64Array; video: Float64Array }) {
  const [sound, picture] = [lastFrame(audio, moved.audio), lastFrame(video, moved.video)]
  return sound.arrived > picture.arrived ? sound : picture
}

/** Plausible arrival times: increasing, and not after the last write. Damage may have changed any of them. */
function plausible({ sent, arrived, order }: FrameLog, most: number): TrackTimes {
  const times = { sent: sent.values, arrived: arrived.values, order: order.values }
  if (isRising(times.arrived) && (times.arrived.at(-1) ?? 0) <= most) return times
  const possible = new Float64Array(times.arrived.length)
  for (let at = 0; at < possible.length; at++) {
    // As many before as after, also at the ends.
    const reach = Math.min(2, at, possible.length - 1 - at)
    const near = times.arrived.slice(at - reach, at + reach + 1).sort()
    possible[at] = Math.max(possible[at - 1] ?? 0, Math.min(near[near.length >> 1] ?? 0, most))
  }
  return { ...times, arrived: possible }
}

function isRising(values: Float64Array): boolean {
  let before = 0
  for (const value of values) {
    if (value < before) return false
    before = value
  }
  return true
}
