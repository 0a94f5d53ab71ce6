import { createHash } from 'node:crypto'
import { access, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { performance } from 'node:perf_hooks'
import { join } from 'node:path'
import { factsOf, writeWhole, type FileFacts } from '../finished-file'
import { FinisherError, type Remuxer } from '../finisher'
import { OneAtATime } from '../one-at-a-time'
import { isShortage, reasonOf } from '../reason'
import { drawBackground } from './background'
import { FfmpegError, runFfmpeg } from './ffmpeg'
import { frameArgs, sceneArgs, soundArgs } from './ffmpeg-args'
import { FRAME_RATE, type MixPlan, type Picture, type Scene } from './plan'

export interface MixOrder {
  ffmpeg: string
  plan: MixPlan
  /** A folder for what is made on the way; what an earlier try left there is used. */
  work: string
  target: string
  /** From 0 to 1. */
  onProgress: (done: number) => void
}

/** How much of the work sound is, against the picture of the same length. */
const SOUND_SHARE = 0.2
/** Above this share of its time, the service's own work goes first. */
const BUSY = 0.5
/** Many times what sound and picture of this size need, bytes a second. */
const MOST_BYTES = 2e6
/** Of the length of what ffmpeg made, ms. */
const TOLERANCE = 1_000
/** While the service is busy, ffmpeg does a little work so often, ms. */
const YIELD_TIME = 1_000
const YIELD_STEP = 100

/** Makes mixed files, one at a time, slower while the service has much to do. */
export class Mixer {
  private readonly queue = new OneAtATime()
  private readonly ending = new AbortController()
  private load = performance.eventLoopUtilization()

  constructor(private readonly finisher: Pick<Remuxer, 'join'>) {}

  /** Rejects with an `FfmpegError` where ffmpeg failed; when the mixer is closed, with the reason. */
  async mix(order: MixOrder): Promise<FileFacts> {
    return await this.queue.run(async () => await this.make(order))
  }

  /** Ends what is under way. */
  close(): void {
    this.ending.abort(new MixEnded('the service stops'))
  }

  private async make({ ffmpeg, plan, work, target, onProgress }: MixOrder): Promise<FileFacts> {
    const { signal } = this.ending
    signal.throwIfAborted()
    await mkdir(work, { recursive: true })
    this.load = performance.eventLoopUtilization()
    const seconds = plan.length / 1000
    const whole = seconds * ((plan.scenes.length > 0 ? 1 : 0) + SOUND_SHARE)
    let done = 0
    /** One part of the work, of a length and a share of its own; made earlier, it is taken as it is. */
    const part = async (name: string, args: readonly string[], length: number, share: number): Promise<string> => {
      const path = join(work, name)
      const tell = (made: number): void => onProgress(Math.min(1, (done + Math.min(made, length) * share) / whole))
      const turn = async (): Promise<void> => await this.turn()
      if (!(await exists(path))) {
        const limit = (length + 1) * MOST_BYTES
        await runFfmpeg({ ffmpeg, args, target: `${path}.part`, limit, signal, turn, onProgress: tell })
        await rename(`${path}.part`, path)
      }
      tell(length)
      done += length * share
      return path
    }
    const makeSound = async (): Promise<string> => {
      const args = soundArgs(plan.voices, plan.length)
      return await part(`sound-${markOf(args)}.aac`, args, seconds, SOUND_SHARE)
    }
    const sound = plan.voices.length > 0 ? await makeSound() : null
    if (plan.scenes.length === 0) {
      if (sound === null) throw new Error('There is nothing to mix.')
      await this.usable([sound], async () => {
        const { duration } = await factsOf(sound)
        if (Math.abs(duration - plan.length) > TOLERANCE) throw new Error(`It has ${duration} of ${plan.length} ms.`)
      })
      await writeWhole(target, async (part) => await rename(sound, part))
      return await factsOf(target)
    }
    const draw = async (scene: Scene): Promise<string> => {
      const { path, content } = backgroundOf(scene, work)
      await writeFile(path, content)
      const args = sceneArgs(scene, path)
      return await part(`${scene.first}-${markOf(args)}.mp4`, args, scene.frames / FRAME_RATE, 1)
    }
    const chunks = []
    for (const scene of plan.scenes) {
      chunks.push(
        await draw(scene).catch(async (error: unknown) => {
          if (!(error instanceof FfmpegError && error.gaveUp)) throw error
          const left = await this.withoutSpoiled(scene, ffmpeg, join(work, 'frame'))
          if (left.tiles.every(({ picture }, at) => picture === scene.tiles[at]?.picture)) throw error
          return await draw(left)
        }),
      )
    }
    signal.throwIfAborted()
    const frames = plan.scenes.reduce((sum, scene) => sum + scene.frames, 0)
    const order = { chunks, frames, sound, target, recordedAt: plan.origin }
    const parts = sound === null ? chunks : [...chunks, sound]
    const facts = await this.usable(parts, async () => await this.finisher.join(order))
    await rm(work, { recursive: true, force: true })
    return facts
  }

  /** One picture of which no frame can be decoded spoils the whole scene: its member has a name card then. */
  private async withoutSpoiled(scene: Scene, ffmpeg: string, target: string): Promise<Scene> {
    const tiles = []
    for (const tile of scene.tiles) {
      const isGood = tile.picture === null || (await this.decodes(tile.picture, ffmpeg, target))
      tiles.push(isGood ? tile : { ...tile, picture: null })
    }
    return { ...scene, tiles }
  }
  private async decodes(picture: Picture, ffmpeg: string, target: string): Promise<boolean> {
    const run = { ffmpeg, args: frameArgs(picture), target, limit: Infinity, signal: this.ending.signal }
    try {
      await runFfmpeg({ ...run, turn: async () => await this.turn(), onProgress: () => {} })
      return (await stat(target)).size > 0
    } catch (error) {
      if (error instanceof FfmpegError) return false
      throw error
    }
  }

  /** Parts that prove to be of no use are not kept: the next try makes them anew. */
  private async usable<Result>(parts: readonly string[], use: () => Promise<Result>): Promise<Result> {
    try {
      return await use()
    } catch (error) {
      if (isShortage(error) || error instanceof FinisherError) throw error
      for (const path of parts) await rm(path, { force: true })
      throw new FfmpegError('What ffmpeg made cannot be used', reasonOf(error))
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

/** The service stops: the mix is made when it starts again. */
export class MixEnded extends Error {
  override readonly name = 'MixEnded'
}

/** A part of another plan is another file. */
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
