import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { FileSink } from './file-sink'

export interface FileFacts {
  /** Bytes. */
  size: number
  /** Hex of the whole file. */
  md5: string
  /** ms */
  duration: number
}

/** Calls `write` with `<path>.part`, which is renamed once it is complete and on disk. Resolves with the result of `write`. */
export async function writeWhole<Result>(path: string, write: (part: string) => Promise<Result>): Promise<Result> {
  const part = `${path}.part`
  try {
    const result = await write(part)
    await sync(part)
    await rename(part, path)
    await sync(dirname(path))
    return result
  } catch (error) {
    await rm(part, { force: true }).catch(() => undefined)
    throw error
  }
}

/** Like `writeWhole`, through a sink; `write` returns the recording's length, ms. */
export async function writeNew(path: string, write: (sink: FileSink) => number | Promise<number>): Promise<FileFacts> {
  const written = await writeWhole(path, async (part) => {
    const sink = new FileSink(part)
    let duration = 0
    try {
      duration = Math.round(await write(sink))
    } catch (error) {
      sink.abandon()
      throw error
    }
    return { ...sink.close(), duration }
  })
  return { ...written, md5: await written.md5 }
}

async function sync(path: string): Promise<void> {
  const file = await open(path, 'r')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}
