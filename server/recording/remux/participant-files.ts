import { join } from 'node:path'
import { fileName, type FileIdentity } from './file-name'
import { writeNew } from './whole-file'
import type { FileSink } from './file-sink'
import { FrameFates, type Fates, type TrackAccount } from '../frame-account'
import type { Track } from '../../media/types'
import { writeLive } from './live-file'
import { orderPictures } from './frame-order'
import type { PicturePiece, SoundPiece } from '../compose/source'
import { isShortage, reasonOf } from '../reason'
import type { Chosen, ParticipantTimeline, Piece } from './participant-timeline'
import { writeAac, writeMp4 } from './single-files'
import type { RecordingFile, RecordingSubject } from '../types'

/**
 * Further use of the spool. `spent`: everything readable is in the files. `unusable`: part of it is not, and needs a person. `again`: part
 * of it is not, because the machine lacked a resource that it may have later.
 */
export type SpoolFate = 'spent' | 'unusable' | 'again'

/** Source files of the mix. */
export interface MixMaterial {
  sound: SoundPiece[]
  picture: PicturePiece[]
}

/** Writes one participant's files independently: if one fails, the others are still made. */
export class ParticipantFiles {
  readonly files: RecordingFile[] = []
  readonly problems: string[] = []
  fate: SpoolFate = 'spent'
  private readonly fates: Fates

  constructor(
    private readonly subject: RecordingSubject,
    private readonly identity: FileIdentity,
    private readonly timeline: ParticipantTimeline,
  ) {
    this.fates = this.noFates()
  }

  /** Frame counts of each track. Call after all files are written. */
  accounts(): Record<Track, TrackAccount> {
    return { audio: this.fates.audio.account(), video: this.fates.video.account() }
  }

  private noFates(): Fates {
    const { sounds, pictures } = this.timeline
    return { audio: new FrameFates(sounds.length), video: new FrameFates(pictures.length) }
  }

  /** The participant's own files. */
  async writeSingles(chosen: Chosen, folder: string): Promise<MixMaterial> {
    const { sound, picture } = await this.writeBoth(chosen, folder)
    for (const { file } of [...sound, ...picture]) this.files.push(file)
    return this.material(sound, picture)
  }

  /** Files that only the mix needs. */
  async writeMixMaterial(chosen: Chosen, folder: string): Promise<MixMaterial> {
    const { sound, picture } = await this.writeBoth(chosen, folder)
    return this.material(sound, picture)
  }

  /** Writes the mp4 while the .aac is synced to disk. */
  private async writeBoth(chosen: Chosen, folder: string): Promise<{ sound: Written[]; picture: Written[] }> {
    const [sound, picture] = await Promise.all([this.pieces('aac', chosen, folder), this.pieces('mp4', chosen, folder)])
    return { sound, picture }
  }

  async writeLive(chosen: Chosen, folder: string): Promise<void> {
    const length = this.timeline.end
    const file = await this.write('flv', 0, folder, (sink, fates) => {
      writeLive(this.timeline, chosen, sink, length, fates)
      return length
    })
    if (file) this.files.push(file)
  }

  private async pieces(kind: 'aac' | 'mp4', chosen: Chosen, folder: string): Promise<Written[]> {
    const written: Written[] = []
    for (const [pieceIndex, piece] of this.piecesOf(kind, chosen).entries()) {
      const file = await this.write(kind, pieceIndex, folder, (sink, fates) => {
        if (kind === 'aac') return writeAac(this.timeline, piece, sink, fates)
        const recordedAt = this.identity.origin + this.timeline.timeOf(piece.start)
        return writeMp4(this.timeline, piece, sink, { recordedAt, fates })
      })
      if (!file) this.dropPiece(piece)
      if (file) written.push({ file, piece, path: join(folder, file.filename) })
    }
    return written
  }

  private piecesOf(kind: 'aac' | 'mp4', chosen: Chosen): Piece[] {
    const isSound = kind === 'aac'
    const { pieces, cut } = isSound ? this.timeline.soundPieces(chosen) : this.timeline.picturePieces(chosen)
    if (cut) {
      const track = isSound ? 'audio' : 'video'
      this.problems.push(`Its ${track} configuration changed too often: the rest of the ${track} is missing.`)
      const frames = isSound ? this.timeline.sounds : this.timeline.pictures
      for (let number = 0; number < frames.length; number++) {
        const isKept = pieces.some(({ hasSound, hasPicture }) => (isSound ? hasSound : hasPicture)(number))
        if (!isKept) this.fates[track].dropped(number, 'too-many-forms')
      }
    }
    return isSound ? pieces : pieces.filter((piece) => piece.sound !== null || this.hasPictures(piece))
  }

  /** Whether any picture of a piece can be decoded: without audio and pictures a file would be useless. */
  private hasPictures(piece: Piece): boolean {
    const fates = this.noFates()
    const { numbers } = orderPictures(this.timeline, piece, fates)
    if (numbers.length === 0) this.fates.video.add(fates.video)
    return numbers.length > 0
  }

  private dropPiece({ hasSound, hasPicture }: Piece): void {
    const { sounds, pictures } = this.timeline
    for (let number = 0; number < sounds.length; number++) {
      if (hasSound(number)) this.fates.audio.dropped(number, 'file-failed')
    }
    for (let number = 0; number < pictures.length; number++) {
      if (hasPicture(number)) this.fates.video.dropped(number, 'file-failed')
    }
  }

  private async write(
    kind: RecordingFile['kind'],
    pieceIndex: number,
    folder: string,
    fill: (sink: FileSink, fates: Fates) => number,
  ): Promise<RecordingFile | null> {
    const filename = fileName(this.identity, kind, pieceIndex)
    const path = join(folder, filename)
    try {
      const fates = this.noFates()
      const facts = await writeNew(path, (sink) => fill(sink, fates))
      this.fates.audio.add(fates.audio)
      this.fates.video.add(fates.video)
      const { cid, uid, account, caller } = this.subject
      return { cid, uid, account, caller, kind, filename, ...facts, mix: false, pieceIndex }
    } catch (error) {
      this.problems.push(`${filename} could not be written: ${reasonOf(error)}.`)
      if (this.fate !== 'again') this.fate = isShortage(error) ? 'again' : 'unusable'
      return null
    }
  }

  private material(sound: readonly Written[], picture: readonly Written[]): MixMaterial {
    const { origin } = this.identity
    const wallOf = (place: number): number => origin + this.timeline.timeOf(place)
    const spanOf = ({ path, piece: { start, end } }: Written) => {
      return { path, from: wallOf(start), to: wallOf(end), length: end - start }
    }
    return {
      sound: sound.map(spanOf),
      picture: picture.flatMap((written) => {
        const config = written.piece.picture?.config
        return config ? [{ ...spanOf(written), width: config.width, height: config.height }] : []
      }),
    }
  }
}

interface Written {
  file: RecordingFile
  piece: Piece
  path: string
}
