import { join } from 'node:path'
import { fileName, type FileIdentity } from './file-name'
import { factsOf, writeWhole } from './finished-file'
import { writeLive } from './live-file'
import type { PicturePiece, SoundPiece } from './mix/source'
import { isShortage, reasonOf } from './reason'
import { splitIntoPieces, type Piece, type PlacedSegment } from './segment-timeline'
import { writeAac, writeMp4 } from './single-files'
import type { RecordingFile, RecordingSubject } from './types'

/**
 * `spent`: all that the spool holds and can be read is in the files. `unusable`: some of it is not, and never will be
 * without a person. `again`: some of it is not for want of something that the machine may have later.
 */
export type SpoolFate = 'spent' | 'unusable' | 'again'

/** Files that a mix is made of. */
export interface MixMaterial {
  sound: SoundPiece[]
  picture: PicturePiece[]
}

/** Writes one participant's files, each for itself: one that cannot be written is a problem, and the others are made. */
export class ParticipantFiles {
  readonly files: RecordingFile[] = []
  readonly problems: string[] = []
  fate: SpoolFate = 'spent'

  constructor(
    private readonly subject: RecordingSubject,
    private readonly identity: FileIdentity,
  ) {}

  /** The participant's own files; answers what they are. */
  async writeSingles(placed: readonly PlacedSegment[], folder: string): Promise<MixMaterial> {
    const sound = await this.pieces('aac', placed, folder)
    const picture = await this.pieces('mp4', placed, folder)
    for (const { file } of [...sound, ...picture]) this.files.push(file)
    return this.material(sound, picture)
  }

  /** Files that the mix needs and nobody else: not among the participant's. */
  async writeMixMaterial(placed: readonly PlacedSegment[], folder: string): Promise<MixMaterial> {
    return this.material(await this.pieces('aac', placed, folder), await this.pieces('mp4', placed, folder))
  }

  async writeLive(placed: readonly PlacedSegment[], folder: string): Promise<void> {
    const length = Math.max(...placed.map(({ end }) => end))
    const file = await this.write('flv', 0, folder, async (part) => await writeLive(placed, part, length), length)
    if (file) this.files.push(file)
  }

  private async pieces(kind: 'aac' | 'mp4', placed: readonly PlacedSegment[], folder: string): Promise<Written[]> {
    const written: Written[] = []
    const track = kind === 'aac' ? 'audio' : 'video'
    const pieces = splitIntoPieces(placed, kind === 'aac' ? ['audio'] : ['audio', 'video'])
    const filled = pieces.filter((piece) => piece.segments.some(({ segment }) => segment[track] !== null))
    for (const [pieceIndex, piece] of filled.entries()) {
      const file = await this.write(kind, pieceIndex, folder, async (part) => {
        if (kind === 'aac') await writeAac(piece, part)
        else await writeMp4(piece, part, this.identity.origin + piece.start)
      })
      if (file) written.push({ file, piece, path: join(folder, file.filename) })
    }
    return written
  }

  private async write(
    kind: RecordingFile['kind'],
    pieceIndex: number,
    folder: string,
    fill: (part: string) => Promise<void>,
    duration?: number,
  ): Promise<RecordingFile | null> {
    const filename = fileName(this.identity, kind, pieceIndex)
    const path = join(folder, filename)
    try {
      await writeWhole(path, fill)
      const { cid, uid, account, caller } = this.subject
      return { cid, uid, account, caller, kind, filename, ...(await factsOf(path, duration)), mix: false, pieceIndex }
    } catch (error) {
      this.problems.push(`${filename} could not be written: ${reasonOf(error)}.`)
      if (this.fate !== 'again') this.fate = isShortage(error) ? 'again' : 'unusable'
      return null
    }
  }

  private material(sound: readonly Written[], picture: readonly Written[]): MixMaterial {
    const { origin } = this.identity
    const spanOf = ({ path, piece }: Written) => ({ path, from: origin + piece.start, to: origin + piece.end })
    return {
      sound: sound.map(spanOf),
      picture: picture.flatMap((written) => {
        const config = written.piece.segments.find(({ segment }) => segment.video)?.segment.video?.config
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
