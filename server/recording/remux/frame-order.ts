import type { Fates } from '../frame-account'
import type { ParticipantTimeline, Piece } from './participant-timeline'

/** Used instead of a frame number. */
export const SILENCE = -1

/**
 * Frames of a piece's sound in file order. AAC frames adjoin, and an .aac file has no timestamps, so the time of a frame is given by its
 * position: gaps are filled with silent frames, up to the piece's end. Each frame is at most one frame length off its time.
 */
export function orderSound(timeline: ParticipantTimeline, piece: Piece, fates: Fates): number[] {
  const { sound, start, end } = piece
  if (!sound) return []
  const { frameLength } = sound.config
  const order: number[] = []
  const fill = (time: number): void => {
    const count = Math.round((time - start - order.length * frameLength) / frameLength)
    for (let left = count; left > 0; left--) order.push(SILENCE)
  }
  for (let number = 0; number < timeline.sounds.length; number++) {
    if (!piece.hasSound(number)) continue
    fill(timeline.soundAt(number))
    order.push(number)
    fates.audio.written(number)
  }
  fill(end)
  return order
}

/** The pictures of a piece in order, with their times in the file, ms. */
export interface PictureOrder {
  numbers: number[]
  decode: number[]
  shown: number[]
}

/**
 * Orders pictures as every player requires: a key frame first after each break, decoding times increasing, none shown before pictures of an
 * earlier group.
 */
export function orderPictures(timeline: ParticipantTimeline, piece: Piece, fates: Fates): PictureOrder {
  const { keys, shifts, breaks } = timeline.frames.video
  const order: PictureOrder = { numbers: [], decode: [], shown: [] }
  let isBroken = true
  let decoded = -1
  /** Latest presentation time so far, and that of the groups before the current key frame. */
  let [latest, floor] = [0, 0]
  for (let number = 0; number < keys.length; number++) {
    if (breaks[number] === 1) isBroken = true
    if (!piece.hasPicture(number)) continue
    const isKey = keys[number] === 1
    if (isBroken && !isKey) {
      fates.video.dropped(number, 'no-key-frame')
      continue
    }
    isBroken = false
    decoded = Math.max(timeline.placeOf(timeline.pictures[number] ?? 0) - piece.start, decoded + 1)
    if (isKey) floor = latest
    const shown = Math.max(decoded + (shifts[number] ?? 0), floor)
    latest = Math.max(latest, shown)
    order.numbers.push(number)
    order.decode.push(decoded)
    order.shown.push(shown)
    fates.video.written(number)
  }
  return order
}
