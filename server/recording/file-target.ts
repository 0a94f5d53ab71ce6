import { open, type FileHandle } from 'node:fs/promises'
import { StreamTarget, type StreamTargetChunk } from 'mediabunny'

/** Bytes that are gathered before they are written. */
const WRITE_SIZE = 1 << 20

/**
 * A new file for mediabunny to write to. Its own target takes a write that a full disk cut short for a whole one, and
 * leaves the file open after an error.
 */
export function fileTarget(path: string): StreamTarget {
  let file: FileHandle | null = null
  const close = async (): Promise<void> => {
    await file?.close()
    file = null
  }
  const writable = new WritableStream<StreamTargetChunk>({
    async start() {
      file = await open(path, 'w')
    },
    async write({ data, position }) {
      if (!file) throw new Error('The file is not open.')
      try {
        await writeAll(file, data, position)
      } catch (error) {
        await close().catch(() => undefined)
        throw error
      }
    },
    close,
    abort: close,
  })
  return new StreamTarget(writable, { chunked: true, chunkSize: WRITE_SIZE })
}

async function writeAll(file: FileHandle, data: Uint8Array, position: number): Promise<void> {
  for (let written = 0; written < data.length;) {
    const { bytesWritten } = await file.write(data, written, data.length - written, position + written)
    written += bytesWritten
  }
}
