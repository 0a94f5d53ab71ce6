import { createHash } from 'node:crypto'
import { access, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { performance } from 'node:perf_hooks'
import { join } from 'node:path'
import { writeWhole, type FileFacts } from '../remux/whole-file'
import { factsOf } from './facts'
import { RemuxWorkerError, type Remuxer } from '../remux/remux-worker'
import { isShortage, reasonOf } from '../reason'
import { drawBackground } from './background'
import { DecodeChecks, isAboutPicture } from './decode-checks'
import { FfmpegError, runFfmpeg, type FfmpegReport } from './ffmpeg'
import { pieceArgs, sceneArgs, soundArgs } from './ffmpeg-args'
import { FfmpegProcess } from './ffmpeg-process'
import { FRAME_RATE, groupsOf, type MixPlan, type Scene, type Voice } from './plan'
import { Turns } from './turns'

export interface MixOrder {
  ffmpeg: string
  plan: MixPlan
  /** Folder for intermediate files; those of an earlier attempt are reused. */
  work: string
  target: string
  /** The last attempt failed: member files that kill ffmpeg, or that it does not get through, are searched for and left out. */
  isRetry: boolean
  /** From 0 to 1. */
  onProgress: (done: number) => void
}

/** Share of audio in the work, relative to video of the same length. */
const SOUND_SHARE = 0.2
/** Above this event loop utilization the service's own work has priority. */
const BUSY = 0.5
/** Maximum output rate, bytes per second: far above what audio and video of this size need. */
const MOST_BYTES = 2e6
/** Tolerance for the length of ffmpeg's output, ms. */
const TOLERANCE = 1_000
/**
 * Pieces of audio in one command. It opens all of them, each with threads whose stacks (8 MB) count as address space; 400 files exceeded the
 * limit of `confinement.ts`, and the filters of 850 pieces the size of an argument (128 KB on Linux).
 */
const MOST_PIECES = 100
/** Interval at which ffmpeg may work a little while the service is busy, ms. */
const YIELD_TIME = 1_000
const YIELD_STEP = 100

/** A mixed file. `spoiled`: member files that could not be decoded completely. */
export interface Mixed extends FileFacts {
  spoiled: readonly string[]
}

/** Makes mixed files one at a time, short ones first, and slows down while the service is busy. */
export class Composer {
  private readonly turns = new Turns()
  private readonly ending = new AbortController()
  private load = performance.eventLoopUtilization()

  constructor(private readonly remuxWorker: Pick<Remuxer, 'join'>) {}

  /** Rejects with an `FfmpegError` if ffmpeg failed, and with the reason if the composer was closed. */
  async mix(order: MixOrder): Promise<Mixed> {
    return await this.turns.run(order.plan.length, async (turn) => {
      const process = new FfmpegProcess()
      return await this.make(order, process, turn).finally(() => process.close())
    })
  }

  /** Aborts the current mix. */
  close(): void {
    this.ending.abort(new MixEnded('the service stops'))
  }

  private async make(
    { ffmpeg, plan, work, target, isRetry, onProgress }: MixOrder,
    process: FfmpegProcess,
    giveWay: () => Promise<void>,
  ): Promise<Mixed> {
    const { signal } = this.ending
    signal.throwIfAborted()
    await mkdir(work, { recursive: true })
    this.load = performance.eventLoopUtilization()
    const seconds = plan.length / 1000
    const whole = seconds * ((plan.scenes.length > 0 ? 1 : 0) + SOUND_SHARE)
    let done = 0
    const turn = async (): Promise<void> => {
      await giveWay()
      await this.turn()
    }
    const spoiled = await Spoiled.open(work)
    const checks = new DecodeChecks({ process, ffmpeg, target: join(work, 'check'), signal, turn }, isRetry)
    /** One part of the work, with its length and share; reused if an earlier attempt made it. */
    const part = async (
      name: string,
      args: readonly string[],
      length: number,
      share: number,
      check: (report: FfmpegReport, path: string) => void | Promise<void>,
    ): Promise<string> => {
      const path = join(work, name)
      const tell = (made: number): void => onProgress(Math.min(1, (done + Math.min(made, length) * share) / whole))
      if (!(await exists(path))) {
        const limit = (length + 1) * MOST_BYTES
        const run = { process, ffmpeg, args, target: `${path}.part`, limit, signal, turn, onProgress: tell }
        const report = await runFfmpeg(run)
        await check(report, `${path}.part`)
        await rename(`${path}.part`, path)
      }
      tell(length)
      done += length * share
      return path
    }
    const joinPieces = async (pieces: Voice, gaps: ReadonlySet<string>, isLast: boolean): Promise<Voice[number]> => {
      const length = pieces.reduce((sum, piece) => sum + piece.length, 0)
      const args = pieceArgs(pieces, gaps)
      const name = `pieces-${markOf(args)}.flac`
      const path = await part(name, args, length / 1000, 0, ({ complaints, seconds: made }) => {
        if (complaints !== '' && !isLast) throw new FfmpegError('Some audio cannot be decoded', '', true)
        checkLength(made * 1000, length)
      })
      return { path, length, speed: 1 }
    }
    /** The voices in few enough pieces for one command: the longest lists are joined to files first. */
    const inFewPieces = async (
      voices: readonly Voice[],
      gaps: ReadonlySet<string>,
      isLast: boolean,
    ): Promise<Voice[]> => {
      const fewer = [...voices]
      const longestFirst = [...fewer.entries()].sort(([, a], [, b]) => b.length - a.length)
      for (const [number, voice] of longestFirst) {
        if (fewer.flat().length <= MOST_PIECES) break
        const joined: Voice = []
        for (const pieces of groupsOf(voice, MOST_PIECES)) joined.push(await joinPieces(pieces, gaps, isLast))
        fewer[number] = joined
      }
      return fewer
    }
    const makeSound = async (voices: readonly Voice[], gaps: ReadonlySet<string>, isLast: boolean): Promise<string> => {
      const args = soundArgs(await inFewPieces(voices, gaps, isLast), plan.length, gaps)
      return await part(`sound-${markOf(args)}.aac`, args, seconds, SOUND_SHARE, async ({ complaints }, path) => {
        if (complaints !== '' && !isLast) throw new FfmpegError('Some audio cannot be decoded', '', true)
        checkLength((await factsOf(path)).duration, plan.length)
      })
    }
    const mixVoices = async (): Promise<string> => {
      try {
        return await makeSound(plan.voices, new Set(), false)
      } catch (error) {
        if (!(error instanceof FfmpegError) || !(error.gaveUp || isRetry)) throw error
        if (!error.gaveUp && !(await checks.ffmpegWorks())) throw error
        const { voices, gaps, bad } = await checks.splitVoices(plan.voices)
        if (bad.length === 0) throw error
        const made = await makeSound(voices, gaps, true)
        await spoiled.add(bad)
        return made
      }
    }
    const sound = plan.voices.length > 0 ? await mixVoices() : null
    if (plan.scenes.length === 0) {
      if (sound === null) throw new Error('There is nothing to mix.')
      await writeWhole(target, async (part) => await rename(sound, part))
      return { ...(await factsOf(target)), spoiled: spoiled.paths }
    }
    const draw = async (scene: Scene): Promise<string> => {
      const { path, content } = backgroundOf(scene, work)
      await writeFile(path, content)
      const args = sceneArgs(scene, path)
      const length = scene.frames / FRAME_RATE
      return await part(`${scene.first}-${markOf(args)}.mp4`, args, length, 1, async ({ frames, complaints }) => {
        if (isAboutPicture(complaints)) await spoiled.add(await checks.damagedPictures(scene))
        if (frames === scene.frames) return
        throw new FfmpegError(`ffmpeg made ${frames} of ${scene.frames} frames`, '', true)
      })
    }
    const fatal = new Set<string>()
    const chunks = []
    for (const scene of plan.scenes) {
      chunks.push(
        await draw(without(scene, fatal)).catch(async (error: unknown) => {
          if (!(error instanceof FfmpegError) || !(error.gaveUp || isRetry)) throw error
          const bad = await (error.gaveUp ? checks.undecodablePictures(scene) : checks.fatalPictures(scene))
          if (bad.length === 0) throw error
          if (!error.gaveUp) for (const path of bad) fatal.add(path)
          const made = await draw(without(scene, new Set([...fatal, ...bad])))
          await spoiled.add(bad)
          return made
        }),
      )
    }
    signal.throwIfAborted()
    const frames = plan.scenes.reduce((sum, scene) => sum + scene.frames, 0)
    const order = { chunks, frames, sound, target, recordedAt: plan.origin }
    const parts = sound === null ? chunks : [...chunks, sound]
    const facts = await this.usable(parts, async () => await this.remuxWorker.join(order))
    for (const name of await readdir(work))
      if (name !== SPOILED) await rm(join(work, name), { recursive: true, force: true })
    return { ...facts, spoiled: spoiled.paths }
  }

  /** Unusable parts are deleted, so that the next attempt makes them again. */
  private async usable<Result>(parts: readonly string[], use: () => Promise<Result>): Promise<Result> {
    try {
      return await use()
    } catch (error) {
      if (isShortage(error) || error instanceof RemuxWorkerError) throw error
      for (const path of parts) await rm(path, { force: true })
      throw new FfmpegError('The output of ffmpeg is invalid', reasonOf(error))
    }
  }

  /** Resolves at once, or later while the service is busy. */
  private async turn(): Promise<void> {
    for (let waited = 0; waited < YIELD_TIME && this.isBusy(); waited += YIELD_STEP) await pause(YIELD_STEP)
  }

  private isBusy(): boolean {
    const { utilization, active, idle } = performance.eventLoopUtilization(this.load)
    if (active + idle > YIELD_TIME) this.load = performance.eventLoopUtilization()
    return utilization > BUSY
  }
}

/** ms */
function checkLength(made: number, planned: number): void {
  if (Math.abs(made - planned) <= TOLERANCE) return
  throw new FfmpegError(`ffmpeg made ${made} of ${planned} ms of audio`, '', true)
}

const SPOILED = 'spoiled'

/** Member files that could not be decoded completely, of a mix that was made with this work folder. */
export async function readSpoiled(work: string): Promise<string[]> {
  const known = await readFile(join(work, SPOILED), 'utf8').catch(() => '')
  return known.split('\n').filter(Boolean)
}

/** List of files that could not be decoded completely. Stored in the work folder, so that a resumed mix still has it. */
class Spoiled {
  private constructor(
    private readonly file: string,
    readonly paths: string[],
  ) {}

  static async open(work: string): Promise<Spoiled> {
    return new Spoiled(join(work, SPOILED), await readSpoiled(work))
  }

  async add(paths: readonly string[]): Promise<void> {
    for (const path of paths) if (!this.paths.includes(path)) this.paths.push(path)
    await writeFile(this.file, this.paths.join('\n'))
  }
}

/** The service stops: the mix is made after the next start. */
export class MixEnded extends Error {
  override readonly name = 'MixEnded'
}

/** The scene with name cards in place of some picture files. */
function without(scene: Scene, paths: ReadonlySet<string>): Scene {
  const tiles = scene.tiles.map((tile) =>
    tile.picture && paths.has(tile.picture.path) ? { ...tile, picture: null } : tile,
  )
  return { ...scene, tiles }
}

/** The name depends on the plan: parts of another plan are not reused. */
const markOf = (args: readonly string[]): string => createHash('md5').update(args.join('\n')).digest('hex').slice(0, 12)

function backgroundOf(scene: Scene, work: string): { path: string; content: Buffer } {
  const content = drawBackground(scene)
  const mark = createHash('md5').update(content).digest('hex').slice(0, 12)
  return { path: join(work, `cards-${mark}.ppm`), content }
}

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms))
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  )
}
