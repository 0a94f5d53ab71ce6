import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Log } from '../../log'
import { isMixName, mixName } from '../remux/file-name'
import { mixFolder } from '../folders'
import { factsOf } from './facts'
import { isMissing, isShortage, reasonOf } from '../reason'
import type { MadeFiles, RecordingFile, RecordingNote } from '../types'
import { FfmpegError } from './ffmpeg'
import { MixEnded, readSpoiled, type Composer } from './composer'
import { planMix, type MixPlan } from './plan'
import type { MixSource } from './source'

export interface CallMix extends MadeFiles {
  /**
   * Further use of the mix's sources. `done`: no longer needed. `wait`: tried again after the next start. `given-up`: never tried again.
   */
  state: 'done' | 'wait' | 'given-up'
}

/** A call whose participant files were made. */
interface MixableCall {
  cid: number
  folder: string
  sources: readonly MixSource[]
  /** Part of the mix's sources will only be available after the next start. */
  incomplete: boolean
}

/** File in the call's mixing folder with the number of failures. */
const TRIES = 'tries'
const MOST_TRIES = 3
/** Exists while only ffmpeg is missing. */
const WAITS = 'waits-for-ffmpeg'

/** Decides whether a call's mix is made, from which files, and what a failure means. */
export class CallMixes {
  private readonly making = new Map<number, number>()

  constructor(
    private readonly ffmpeg: () => Promise<string | null>,
    private readonly composer: Pick<Composer, 'mix'>,
    private readonly log: Log,
  ) {}

  /** From 0 to 1; null while none is being made. */
  progress(cid: number): number | null {
    return this.making.get(cid) ?? null
  }

  /** Rejects only with a `MixEnded`. */
  async make(call: MixableCall): Promise<CallMix> {
    const [first] = call.sources.filter(({ asked }) => asked)
    const plan = first ? planMix(call.sources) : null
    if (!first || !plan) return { files: [], notes: [], state: 'done' }
    try {
      const made = await existing(call.folder)
      const { name, spoiled } =
        made === null
          ? await this.makeFile(call, plan)
          : { name: made, spoiled: await readSpoiled(mixFolder(call.folder)) }
      const facts = await factsOf(join(call.folder, name))
      const { account, caller } = first
      const kind = name.endsWith('.mp4') ? 'mp4' : 'aac'
      const file: RecordingFile = {
        cid: call.cid,
        uid: 0,
        account,
        caller,
        kind,
        filename: name,
        ...facts,
        mix: true,
        pieceIndex: 0,
      }
      return { files: [file], notes: notesOn(call.sources, spoiled), state: 'done' }
    } catch (error) {
      if (error instanceof MixEnded) throw error
      return await this.failed(call, error)
    } finally {
      this.making.delete(call.cid)
    }
  }

  /** Whether another attempt is pointless now. */
  async isWaiting(callFolder: string): Promise<boolean> {
    const names: string[] = await readdir(mixFolder(callFolder)).catch(() => [])
    const waits = names.includes(WAITS)
    return waits && (await this.ffmpeg()) === null
  }

  private async makeFile(
    { cid, folder, incomplete }: MixableCall,
    plan: MixPlan,
  ): Promise<{ name: string; spoiled: readonly string[] }> {
    if (incomplete) throw new Incomplete('Not all of its sources could be read or written yet.')
    const ffmpeg = await this.ffmpeg()
    if (ffmpeg === null) throw new NoFfmpeg()
    const name = mixName(cid, plan.origin, plan.scenes.length > 0 ? 'mp4' : 'aac')
    const onProgress = (done: number): void => void this.making.set(cid, done)
    onProgress(0)
    const order = { ffmpeg, plan, work: mixFolder(folder), target: join(folder, name), isRetry: false, onProgress }
    const { spoiled } = await this.composer.mix(order).catch(async (error: unknown) => {
      // Possibly killed: the parts made so far are reused.
      if (!(error instanceof FfmpegError)) throw error
      this.log.warn({ cid, reason: error.message, detail: error.detail }, 'recording: mix failed, trying again')
      return await this.composer.mix({ ...order, isRetry: true })
    })
    return { name, spoiled }
  }

  private async failed({ cid, folder, sources }: MixableCall, error: unknown): Promise<CallMix> {
    const only = sources.some(({ mixOnly }) => mixOnly)
    if (error instanceof NoFfmpeg) {
      if (only) await note(folder, WAITS, '')
      const advice = only
        ? 'Its data are kept: install ffmpeg, or set FFMPEG_PATH, and restart the service.'
        : "Each member's own files hold everything."
      const message = `No mixed file, because there is no ffmpeg. ${advice}`
      return { files: [], notes: [{ code: 'mix-unavailable', message }], state: only ? 'wait' : 'done' }
    }
    const detail = error instanceof FfmpegError ? error.detail : undefined
    this.log.error({ cid, err: error, ...(detail !== undefined && { detail }) }, 'recording: mix failed')
    const transient = error instanceof Incomplete || isShortage(error)
    const tries = transient ? 0 : (await triesOf(folder)) + 1
    const again = tries < MOST_TRIES
    if (tries > 0 && again) await note(folder, TRIES, String(tries))
    if (!again) await rm(mixFolder(folder), { recursive: true, force: true })
    const kept = only ? ' What was received is kept in the folder "unfinished".' : ''
    const advice = again ? ' It is tried again when the service starts.' : kept
    const failure: RecordingNote = {
      code: 'mix-failed',
      message: `The mixed file could not be made: ${reasonOf(error).replace(/\.$/, '')}.${advice}`,
    }
    return { files: [], notes: [failure], state: again ? 'wait' : 'given-up' }
  }
}

/** A note about the members whose files could not be decoded completely. */
function notesOn(sources: readonly MixSource[], spoiled: readonly string[]): RecordingNote[] {
  const isBad = ({ path }: { path: string }): boolean => spoiled.includes(path)
  return sources.flatMap(({ uid, account, sound, picture }): RecordingNote[] => {
    const tracks = [...(picture.some(isBad) ? ['picture'] : []), ...(sound.some(isBad) ? ['sound'] : [])]
    if (tracks.length === 0) return []
    const message = `The mixed file lacks some or all ${tracks.join(' and ')} of ${account}, which cannot be decoded.`
    return [{ code: 'unfinished', uid, message }]
  })
}

class NoFfmpeg extends Error {}
class Incomplete extends Error {}

async function existing(folder: string): Promise<string | null> {
  const names = await readdir(folder).catch(() => [])
  return names.find(isMixName) ?? null
}

async function triesOf(folder: string): Promise<number> {
  try {
    return Number(await readFile(join(mixFolder(folder), TRIES), 'utf8')) || 0
  } catch (error) {
    if (isMissing(error)) return 0
    throw error
  }
}

/** Without it there is one more attempt, which is harmless. */
async function note(folder: string, name: string, content: string): Promise<void> {
  await mkdir(mixFolder(folder), { recursive: true }).catch(() => undefined)
  await writeFile(join(mixFolder(folder), name), content).catch(() => undefined)
}
