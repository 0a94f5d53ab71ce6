import type { Repair } from '../media/codec/repair'
import type { Track } from '../media/types'

/** Reason why a frame is in no file. */
type DropReason =
  /** Before the first key frame, or after damage and before the next one: nothing can be decoded there. */
  | 'no-key-frame'
  /** Before any codec configuration. */
  | 'no-config'
  /** Its contents could not be parsed. */
  | 'unreadable'
  /** A codec or configuration that no file can hold. */
  | 'unsupported'
  /** Its track's configuration changed more often than files are made. */
  | 'too-many-forms'
  /** Its file could not be written. */
  | 'file-failed'
  /** It could not be stored during the call, or could not be read from the spool. */
  | 'disk'
  /** In no piece of any file. Not expected. */
  | 'unplaced'

/** Frame counts of one track: `received` equals `written` plus all `dropped`. */
export interface TrackAccount {
  received: number
  /** In at least one file. */
  written: number
  dropped: Partial<Record<DropReason, number>>
  /** Tags that the relay repaired or ignored, by kind. */
  repaired: Partial<Record<Repair, number>>
}

/** Frame counts of a participant. */
export interface FrameAccount {
  uid: number
  account: string
  audio: TrackAccount
  video: TrackAccount
}

/** An account without frames. */
export const emptyAccount = (): TrackAccount => ({ received: 0, written: 0, dropped: {}, repaired: {} })

/** Adds dropped frames, which count as received. Does nothing for a count of 0 or less. */
export function addDropped(account: TrackAccount, reason: DropReason, frames: number): void {
  if (frames <= 0) return
  account.dropped[reason] = (account.dropped[reason] ?? 0) + frames
  account.received += frames
}

/** Total of dropped frames. */
const droppedOf = ({ dropped }: TrackAccount): number => Object.values(dropped).reduce((sum, frames) => sum + frames, 0)

const WRITTEN = 1
const REASONS: readonly DropReason[] = ['no-key-frame', 'too-many-forms', 'file-failed']

/** Records for each frame of a track, by its number, whether it was written or why not. */
export class FrameFates {
  private readonly fates: Uint8Array

  constructor(frames: number) {
    this.fates = new Uint8Array(frames)
  }

  written(number: number): void {
    this.fates[number] = WRITTEN
  }

  /** Ignored if the frame is written, or has a reason already. */
  dropped(number: number, reason: DropReason): void {
    if (this.fates[number] === 0) this.fates[number] = WRITTEN + 1 + REASONS.indexOf(reason)
  }

  /** Merges the fates from writing one file. */
  add({ fates }: FrameFates): void {
    for (let number = 0; number < fates.length; number++) {
      const fate = fates[number] ?? 0
      if (fate === WRITTEN || this.fates[number] === 0) this.fates[number] = fate
    }
  }

  account(): TrackAccount {
    const account = emptyAccount()
    const counts = new Uint32Array(WRITTEN + 1 + REASONS.length)
    for (const fate of this.fates) counts[fate] = (counts[fate] ?? 0) + 1
    account.received = account.written = counts[WRITTEN] ?? 0
    addDropped(account, 'unplaced', counts[0] ?? 0)
    REASONS.forEach((reason, at) => addDropped(account, reason, counts[WRITTEN + 1 + at] ?? 0))
    return account
  }
}

export type Fates = Record<Track, FrameFates>

/** English text for a note about missing frames; null if none is missing. */
export function describeLoss({ audio, video }: Pick<FrameAccount, 'audio' | 'video'>): string | null {
  const dropped = (
    [
      [video, 'pictures'],
      [audio, 'frames of sound'],
    ] as const
  ).flatMap(([account, what]) => {
    const lost = droppedOf(account)
    if (lost === 0) return []
    return [`${lost} of ${account.received} ${what} (${Object.keys(account.dropped).join(', ')})`]
  })
  const cut = video.repaired['cut-off'] ?? 0
  const words = [
    ...(dropped.length > 0 ? [`In no file: ${dropped.join(', ')}.`] : []),
    ...(cut > 0 ? [`${cut} pictures arrived cut off.`] : []),
  ]
  return words.length > 0 ? words.join(' ') : null
}
