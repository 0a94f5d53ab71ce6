/** A call's files from the service, sorted for display. */
import type { ApiCall, ApiFile } from '../netcall/http-api'

export interface RecordedFile {
  account: string
  kind: ApiFile['kind']
  filename: string
  /** The composite recording. */
  mix: boolean
  /** Index of the piece of a member's audio or video, from 1; 0 if there is only one. */
  part: number
  /** Bytes. */
  size: number
  /** ms */
  duration: number
  /** Absolute, signed, expiring. */
  url: string
}

const KINDS: ReadonlyArray<ApiFile['kind']> = ['aac', 'mp4', 'flv']
/** `0-<cid>-<start ms>-<uid>[-<piece>].<kind>` */
const NAME = /^\d+-\d+-(\d+)-\d+(?:-(\d+))?\./

/** The composite first, then each member's files in joining order, pieces in theirs. */
export function recordedFiles({ files }: ApiCall, service: string): RecordedFile[] {
  const order = files
    .map((file) => ({ file, ...placeOf(file) }))
    .sort(
      (a, b) =>
        Number(b.file.mix) - Number(a.file.mix) ||
        a.start - b.start ||
        a.file.uid - b.file.uid ||
        KINDS.indexOf(a.file.kind) - KINDS.indexOf(b.file.kind) ||
        a.piece - b.piece,
    )
    .map(({ file }) => file)
  return order.map((file) => {
    const { account, kind, filename, mix, size, duration, url } = file
    const pieces = order.filter((other) => other.account === account && other.kind === kind && other.mix === mix)
    const part = pieces.length > 1 ? pieces.indexOf(file) + 1 : 0
    return { account, kind, filename, mix, part, size, duration, url: /^https?:/.test(url) ? url : service + url }
  })
}

function placeOf({ filename }: ApiFile): { start: number; piece: number } {
  const [, start = '0', piece = '0'] = NAME.exec(filename) ?? []
  return { start: Number(start), piece: Number(piece) }
}
