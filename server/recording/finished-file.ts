import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { ADTS, FilePathSource, Input, MP4 } from 'mediabunny'

export interface FileFacts {
  /** Bytes. */
  size: number
  /** Hex of the whole file. */
  md5: string
  /** ms */
  duration: number
}

/** Has `write` fill `<path>.part`, which takes its real name only when it is whole and on disk. */
export async function writeWhole(path: string, write: (part: string) => Promise<void>): Promise<void> {
  const part = `${path}.part`
  try {
    await write(part)
    await sync(part)
    await rename(part, path)
    await sync(dirname(path))
  } catch (error) {
    await rm(part, { force: true }).catch(() => undefined)
    throw error
  }
}

/** Read from the file itself; `duration` (ms) for one of a kind that does not tell its own. */
export async function factsOf(path: string, duration?: number): Promise<FileFacts> {
  const hash = createHash('md5')
  let size = 0
  for await (const chunk of createReadStream(path, { highWaterMark: 256 << 10 })) {
    hash.update(chunk)
    size += chunk.length
  }
  const md5 = hash.digest('hex')
  return { size, md5, duration: Math.round(duration ?? (await durationOf(path))) }
}

/** ms */
async function durationOf(path: string): Promise<number> {
  const input = new Input({ source: new FilePathSource(path), formats: [MP4, ADTS] })
  try {
    // An mp4 says how long it is; an .aac file is as long as its frames are.
    const seconds = (await input.getDurationFromMetadata()) ?? (await input.computeDuration())
    return seconds * 1000
  } finally {
    input.dispose()
  }
}

async function sync(path: string): Promise<void> {
  const file = await open(path, 'r')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}
