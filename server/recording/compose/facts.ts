import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { ADTS, FilePathSource, Input, MP4 } from 'mediabunny'
import type { FileFacts } from '../remux/whole-file'

/** Read from the file. */
export async function factsOf(path: string): Promise<FileFacts> {
  const hash = createHash('md5')
  let size = 0
  for await (const chunk of createReadStream(path, { highWaterMark: 256 << 10 })) {
    hash.update(chunk)
    size += chunk.length
  }
  const md5 = hash.digest('hex')
  return { size, md5, duration: Math.round(await durationOf(path)) }
}

/** ms */
async function durationOf(path: string): Promise<number> {
  const input = new Input({ source: new FilePathSource(path), formats: [MP4, ADTS] })
  try {
    // An mp4 stores its duration; that of an .aac file is the sum of its frames.
    const seconds = (await input.getDurationFromMetadata()) ?? (await input.computeDuration())
    return seconds * 1000
  } finally {
    input.dispose()
  }
}
