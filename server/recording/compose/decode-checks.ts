import { FfmpegError, runFfmpeg, type FfmpegReport, type FfmpegRun } from './ffmpeg'
import { frameArgs, pictureCheckArgs, silenceArgs, soundCheckArgs } from './ffmpeg-args'
import type { Picture, Scene, Voice } from './plan'

/** Share of sound that must decode for a file to count as complete: resampling removes some samples at the ends. */
const COMPLETE = 0.98
/** Maximum output of a check: a day of audio at one byte per ms. */
const MOST_BYTES = 100e6

/** Whether ffmpeg's error output is about video. Opening an mp4 can also report errors of its audio track. */
export const isAboutPicture = (complaints: string): boolean => /h264/.test(complaints)

/** Decodes single member files to find those that make a mix fail. */
export class DecodeChecks {
  /** Whether picture files cause decoding errors, by path: a file is in many scenes. */
  private readonly damaged = new Map<string, boolean>()

  /**
   * `target`: file for ffmpeg's output. `isRetry`: the mix failed before, so that an ffmpeg that is killed or stuck twice at a file is that
   * file's fault, not the machine's.
   */
  constructor(
    private readonly run: Pick<FfmpegRun, 'process' | 'ffmpeg' | 'target' | 'signal' | 'turn'>,
    private readonly isRetry = false,
  ) {}

  /** Paths of the scene's picture files that have no decodable frame there: their members get a name card. */
  async undecodablePictures({ tiles }: Scene): Promise<string[]> {
    const found: string[] = []
    for (const { picture } of tiles) if (picture && !(await this.hasFrame(picture))) found.push(picture.path)
    return found
  }

  /** Paths of the scene's picture files that kill ffmpeg, or that it does not get through; empty if it does not work at all. */
  async fatalPictures({ tiles }: Scene): Promise<string[]> {
    const found: string[] = []
    if (!(await this.ffmpegWorks())) return found
    for (const { picture } of tiles) {
      if (picture && (await this.probe(pictureCheckArgs(picture.path))) === null) found.push(picture.path)
    }
    return found
  }

  /** Paths of the scene's picture files that cause decoding errors. */
  async damagedPictures({ tiles }: Scene): Promise<string[]> {
    const paths = [...new Set(tiles.flatMap(({ picture }) => picture?.path ?? []))]
    for (const path of paths.filter((one) => !this.damaged.has(one))) {
      const report = await this.probe(pictureCheckArgs(path))
      this.damaged.set(path, !report || isAboutPicture(report.complaints))
    }
    return paths.filter((path) => this.damaged.get(path))
  }

  /**
   * Sorts sound files by how much of them can be decoded. `voices`: with silence for files without any decodable frame; `gaps`: files
   * with missing frames; `bad`: all of these. `bad` is empty if ffmpeg itself does not work.
   */
  async splitVoices(voices: readonly Voice[]): Promise<{ voices: readonly Voice[]; gaps: Set<string>; bad: string[] }> {
    const gaps = new Set<string>()
    const left: Voice[] = []
    let files = 0
    for (const voice of voices) {
      const parts: Voice = []
      for (const part of voice) {
        const { path } = part
        const share = path === null ? 1 : await this.decodableShare(path, part.length * part.speed)
        if (path !== null) files++
        if (path !== null && share < COMPLETE) gaps.add(path)
        parts.push(share === 0 ? { ...part, path: null, speed: 1 } : part)
      }
      left.push(parts)
    }
    if (gaps.size === files && !(await this.ffmpegWorks())) return { voices, gaps: new Set(), bad: [] }
    return { voices: left, gaps, bad: [...gaps] }
  }

  /** Whether ffmpeg works without any member's file. */
  async ffmpegWorks(): Promise<boolean> {
    return ((await this.probe(silenceArgs(1_000), 1))?.bytes ?? 0) > 0
  }

  private async hasFrame(picture: Picture): Promise<boolean> {
    return ((await this.probe(frameArgs(picture)))?.bytes ?? 0) > 0
  }

  /** `length`: of the file, ms. */
  private async decodableShare(path: string, length: number): Promise<number> {
    const bytes = (await this.probe(soundCheckArgs(path)))?.bytes ?? 0
    return Math.min(1, bytes / Math.max(1, length))
  }

  /**
   * Null if ffmpeg ends with an error code. If it is killed or stuck: rejects at the mix's first attempt, later null if that happens each
   * of `attempts` times.
   */
  private async probe(args: readonly string[], attempts = 2): Promise<FfmpegReport | null> {
    try {
      return await runFfmpeg({ ...this.run, args, limit: MOST_BYTES, onProgress: () => {} })
    } catch (error) {
      if (!(error instanceof FfmpegError) || !(error.gaveUp || this.isRetry)) throw error
      return error.gaveUp || attempts === 1 ? null : await this.probe(args, attempts - 1)
    }
  }
}
