import { statfs } from 'node:fs/promises'

/** How often free space is read, ms. Fifty streams of 10 Mbit/s write 300 MB in that time. */
const PERIOD = 5_000

/** Tracks the free space on the recordings' disk. */
export class DiskSpace {
  private free = Infinity
  private timer: NodeJS.Timeout | undefined

  /**
   * @param floor bytes below which recording stops
   * @param freeIn bytes that are free to this process on the disk of a folder
   */
  constructor(
    private readonly folder: string,
    readonly floor: number,
    private readonly freeIn: (folder: string) => Promise<number> = freeBytes,
  ) {}

  /** As of the last check. */
  get isLow(): boolean {
    return this.free < this.floor
  }

  start(): void {
    this.timer ??= setInterval(() => void this.look(), PERIOD).unref()
    void this.look()
  }

  close(): void {
    clearInterval(this.timer)
  }

  /** If the folder cannot be queried, recording continues; a failing write reports its own error. */
  async look(): Promise<void> {
    this.free = await this.freeIn(this.folder).catch(() => Infinity)
  }
}

async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder)
  return bavail * bsize
}
