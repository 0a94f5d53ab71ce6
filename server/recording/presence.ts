/** When a member of a call was there, and whether its camera was on: what its stream alone does not tell. */
import { appendFile, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** With a picture, with sound alone, or out of the call. */
export type Presence = 'picture' | 'sound' | 'left'
export interface PresenceMark {
  /** Wall clock, ms. */
  at: number
  presence: Presence
}

const FILE = 'presence'
/** Of one participant in one call; who changes more often is a machine. */
const MOST_MARKS = 2_000
const LINE = /^(\d{1,15}) (picture|sound|left)$/

/** Keeps the changes of a participant's presence beside its segments, a line each. */
export class PresenceLog {
  private latest: Presence = 'picture'
  private marks = 0
  private writing: Promise<unknown> = Promise.resolve()

  constructor(private readonly folder: string) {}

  /** Never rejects: without a line, a mix shows what the stream itself tells. */
  note(presence: Presence, at = Date.now()): void {
    if (presence === this.latest || this.marks >= MOST_MARKS) return
    this.latest = presence
    this.marks++
    const write = async (): Promise<void> => {
      await mkdir(this.folder, { recursive: true })
      await appendFile(join(this.folder, FILE), `${at} ${presence}\n`)
    }
    this.writing = this.writing.then(write).catch(() => undefined)
  }

  /** Resolves when all is on disk. */
  async settled(): Promise<void> {
    await this.writing
  }
}

/** In their order; a line that a kill cut off or damage made is passed over, and a file that cannot be read. */
export async function readPresence(folder: string): Promise<PresenceMark[]> {
  const text = await readFile(join(folder, FILE), 'utf8').catch(() => '')
  const marks = text.split('\n').flatMap((line) => {
    const [, at, word] = LINE.exec(line) ?? []
    const presence = (['picture', 'sound', 'left'] as const).find((known) => known === word)
    return presence ? [{ at: Number(at), presence }] : []
  })
  return marks.sort((a, b) => a.at - b.at)
}
