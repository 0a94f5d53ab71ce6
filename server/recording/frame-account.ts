import type { Repair } from '../media/codec/repair'

/** Why a frame is in no file. */
export type DropReason =
  /** Before the first key frame, or after damage and before the next one: nothing can be decoded there. */
  | 'no-key-frame'
  /** No codec configuration had come. */
  | 'no-config'
  /** Its contents made no sense. */
  | 'unreadable'
  /** Of a codec, or a configuration, that no file can hold. */
  | 'unsupported'
  /** The picture changed its form so often that no more files are made. */
  | 'too-many-forms'
  /** The file that it belongs into could not be written. */
  | 'file-failed'
  /** It could not be stored while the call ran, or not be read again. */
  | 'disk'
  | 'unplaced'

export type Track = 'audio' | 'video'

/** What became of the frames of one track: `received` is `written` and all that was dropped. */
export interface TrackAccount {
  received: number
  /** In one file at least. */
  written: number
  dropped: Partial<Record<DropReason, number>>
  /** What the relay put right, or ignored, in its tags. */
  repaired: Partial<Record<Repair, number>>
}

/** What became of a participant's frames. */
export interface FrameAccount {
  uid: number
  account: string
  audio: TrackAccount
  video: TrackAccount
}

export const emptyAccount = (): TrackAccount => ({ received: 0, written: 0, dropped: {}, repaired: {} })

export function addDropped(account: TrackAccount, reason: DropReason, frames: number): void {
  if (frames <= 0) return
  account.dropped[reason] = (account.dropped[reason] ?? 0) + frames
  account.received += frames
}

export const droppedOf = ({ dropped }: TrackAccount): number =>
  Object.values(dropped).reduce((sum, frames) => sum + frames, 0)

const WRITTEN = 1
const REASONS: readonly DropReason[] = ['no-key-frame', 'too-many-forms', 'file-failed']

/** The fate of each frame of a track, by its number. */
export class FrameFates {
  private readonly fates: Uint8Array

  constructor(frames: number) {
    this.fates = new Uint8Array(frames)
  }

  written(number: number): void {
    this.fates[number] = WRITTEN
  }

  /** Unless it is written all the same, or another reason was given first. */
  dropped(number: number, reason: DropReason): void {
    if (this.fates[number] === 0) this.fates[number] = WRITTEN + 1 + REASONS.indexOf(reason)
  }

  /** Takes over what a file was written of. */
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

/** Of both tracks. */
export type Fates = Record<Track, FrameFates>

/** What is missing, in words; null where nothing is. */
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
    ...(cut > 0 ? [`${cut} pictures came cut off.`] : []),
  ]
  return words.length > 0 ? words.join(' ') : null
}
