/** Counts and failures of a participant's recording that its segments do not have. Stored beside them for the next start of the service. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { parseJson } from '../../../miniprogram/json'

const counts = z.object({ audio: z.number(), video: z.number() })
const repairs = z.record(z.string(), z.number())
const liveFacts = z.object({
  account: z.string(),
  /** Frames that came to be stored, whether or not they were. */
  received: counts,
  /** Tags that the relay repaired or ignored, by kind. */
  repaired: z.object({ audio: repairs, video: repairs }),
  /** Why something could not be stored, as text. */
  failure: z.string().nullable(),
})
export type LiveFacts = z.infer<typeof liveFacts>

const FILE = 'facts'

/** Never rejects: without the file, a repetition after a restart knows only the spool. `folder`: the call's spool. */
export async function writeLiveFacts(folder: string, uid: number, facts: LiveFacts): Promise<void> {
  const write = async (): Promise<void> => {
    await mkdir(join(folder, String(uid)), { recursive: true })
    await writeFile(join(folder, String(uid), FILE), JSON.stringify(facts))
  }
  await write().catch(() => undefined)
}

/** By uid; without unreadable ones. `folder`: the call's spool. */
export async function readLiveFacts(folder: string): Promise<Map<number, LiveFacts>> {
  const found = new Map<number, LiveFacts>()
  for (const name of await readdir(folder).catch(() => [])) {
    const text = await readFile(join(folder, name, FILE), 'utf8').catch(() => '')
    const { data } = liveFacts.safeParse(parseJson(text))
    if (data) found.set(Number(name), data)
  }
  return found
}
