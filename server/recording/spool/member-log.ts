/** When a member was in the call and when its camera was on, which its stream alone does not show. */
import { appendFile, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** In the call with video, with audio only, or left. */
export type MemberState = 'picture' | 'sound' | 'left'
export interface MemberLogEntry {
  /** Wall clock, ms. */
  at: number
  presence: MemberState
}

const FILE = 'presence'
/** Per participant and call; more changes are not made by people. */
const MOST_MARKS = 2_000
const LINE = /^(\d{1,15}) (picture|sound|left)$/

/** Stores a participant's state changes next to its segments, one line each. */
export class MemberLog {
  private latest: MemberState = 'picture'
  private marks = 0
  private writing: Promise<unknown> = Promise.resolve()

  constructor(private readonly folder: string) {}

  /** Never rejects: without the line, a mix relies on the stream alone. */
  note(presence: MemberState, at = Date.now()): void {
    if (presence === this.latest || this.marks >= MOST_MARKS) return
    this.latest = presence
    this.marks++
    const write = async (): Promise<void> => {
      await mkdir(this.folder, { recursive: true })
      await appendFile(join(this.folder, FILE), `${at} ${presence}\n`)
    }
    this.writing = this.writing.then(write).catch(() => undefined)
  }

  /** Resolves when all lines are on disk. */
  async settled(): Promise<void> {
    await this.writing
  }
}

/** The entries in order; skips truncated or damaged lines and unreadable files. */
export async function readMemberLog(folder: string): Promise<MemberLogEntry[]> {
  const text = await readFile(join(folder, FILE), 'utf8').catch(() => '')
  const marks = text.split('\n').flatMap((line) => {
    const [, at, word] = LINE.exec(line) ?? []
    const presence = (['picture', 'sound', 'left'] as const).find((known) => known === word)
    return presence ? [{ at: Number(at), presence }] : []
  })
  return marks.sort((a, b) => a.at - b.at)
}
