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

/** As `writeWhole`, by a sink; `write` answers how long the recording in it is, ms. */
export async function writeNew(path: string, write: (sink: FileSink) => number | Promise<number>): Promise<FileFacts> {
  let facts = { size: 0, md5: '', duration: 0 }
  await writeWhole(path, async (part) => {
    const sink = new FileSink(part)
    let duration = 0
    try {
      duration = Math.round(await write(sink))
    } catch (error) {
      sink.abandon()
      throw error
    }
    facts = { ...sink.close(), duration }
  })
  return facts
}

async function sync(path: string): Promise<void> {
  const file = await open(path, 'r')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}
