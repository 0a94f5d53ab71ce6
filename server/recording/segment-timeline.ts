import type { Segment } from './segment'

/** A segment on the participant's own clock, which starts at its first publication in the call. Times in ms. */
export interface PlacedSegment {
  segment: Segment
  /** Added to the publisher's time stamps. */
  offset: number
  start: number
  /** The earliest time at which another one can follow. */
  next: number
  end: number
}
/** Consecutive segments that one file can hold. Pieces of a recording adjoin: their lengths add up to the whole. */
export interface Piece {
  segments: PlacedSegment[]
  start: number
  end: number
}

/**
 * Places segments that hold something by the wall clock, in the order of their numbers, none before the one before has
 * ended. `allowed`: how long the pauses between them can be together, ms; what is longer is `cut`.
 */
export function placeSegments(
  segments: readonly Segment[],
  origin: number,
  allowed: number,
): { placed: PlacedSegment[]; cut: boolean } {
  const placed: PlacedSegment[] = []
  let [left, cut] = [allowed, false]
  for (const segment of segments) {
    if (segment.span === null) continue
    const { first, next, end } = segment.span
    const { clock, anchor } = segment.header
    const previous = placed.at(-1)
    const earliest = previous?.next ?? 0
    const sameClock = previous?.segment.header.clock === clock
    const byClock = sameClock ? previous.offset : anchor.wall - origin - anchor.timestamp
    const pause = first + byClock - earliest
    const excess = Math.max(0, pause - left)
    left -= Math.max(0, pause - excess)
    cut ||= excess > 0
    const offset = pause < 0 && !sameClock ? earliest - first : byClock - excess
    placed.push({ segment, offset, start: first + offset, next: next + offset, end: end + offset })
  }
  return { placed, cut }
}

/** The same segments at the same places, with only those tracks that `chosen` lets through. */
export function onlyTracks(
  placed: readonly PlacedSegment[],
  chosen: (segment: Segment) => { audio: boolean; video: boolean },
): PlacedSegment[] {
  return placed.map((one) => {
    const { audio, video } = chosen(one.segment)
    const tracks = { audio: audio ? one.segment.audio : null, video: video ? one.segment.video : null }
    return { ...one, segment: { ...one.segment, ...tracks } }
  })
}

/** A new piece begins wherever one of the tracks comes in another configuration than the piece holds. */
export function splitIntoPieces(placed: readonly PlacedSegment[], tracks: readonly ('audio' | 'video')[]): Piece[] {
  const pieces: (Piece & { descriptions: Map<string, Buffer> })[] = []
  for (const one of placed) {
    let piece = pieces.at(-1)
    const fits = tracks.every((track) => {
      const description = one.segment[track]?.description
      const held = piece?.descriptions.get(track)
      return !description || !held || held.equals(description)
    })
    if (!piece || !fits) {
      if (piece) piece.end = one.start
      piece = { segments: [], start: piece ? one.start : 0, end: 0, descriptions: new Map() }
      pieces.push(piece)
    }
    piece.segments.push(one)
    piece.end = Math.max(piece.end, one.end)
    for (const track of tracks) {
      const description = one.segment[track]?.description
      if (description && !piece.descriptions.has(track)) piece.descriptions.set(track, description)
    }
  }
  return pieces
}
