/** Draws QR codes of block characters as images, and decodes them like a phone's camera. */
import { createRequire } from 'node:module'
import { deflateSync } from 'node:zlib'

export interface Picture {
  width: number
  height: number
  /** RGBA. */
  data: Uint8Array
}
interface Reader {
  callback: (error: unknown, found?: { result: string }) => void
  decode(picture: Picture): void
}

/** Pixels per module for the decoder. */
const SCALE = 4
/** White margin around the code. */
const QUIET = 4
const WHITE_HALVES: Readonly<Record<string, readonly [boolean, boolean]>> = {
  '█': [true, true],
  '▀': [true, false],
  '▄': [false, true],
  ' ': [false, false],
}

/** Draws the lines of a code made of half blocks, like a terminal with white letters on black. */
export function drawBlocks(lines: readonly string[]): Picture {
  const halves = lines.map((line) => line.split('').map((letter) => WHITE_HALVES[letter] ?? [true, true]))
  // The first line's upper half is not part of the code: it shows the terminal's background.
  const rows = halves.flatMap((line) => [line.map(([upper]) => upper), line.map(([, lower]) => lower)]).slice(1)
  const width = ((rows[0]?.length ?? 0) + 2 * QUIET) * SCALE
  const height = (rows.length + 2 * QUIET) * SCALE
  const data = new Uint8Array(width * height * 4).fill(255)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const white = rows[Math.floor(y / SCALE) - QUIET]?.[Math.floor(x / SCALE) - QUIET] ?? true
      if (!white) data.fill(0, (y * width + x) * 4, (y * width + x) * 4 + 3)
    }
  }
  return { width, height, data }
}

/** The code's content. Rejects if there is none. */
export function readCode(picture: Picture): Promise<string> {
  // miniprogram-ci reads WeChat's codes with it.
  const Reader: new () => Reader = createRequire(createRequire(__filename).resolve('miniprogram-ci'))('qrcode-reader')
  const reader = new Reader()
  return new Promise((resolve, reject) => {
    reader.callback = (error, found) => (found ? resolve(found.result) : reject(new Error(String(error))))
    reader.decode(picture)
  })
}

export function pngOf({ width, height, data }: Picture): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 6, 0, 0, 0], 8)
  const rows = Array.from({ length: height }, (_, y) =>
    Buffer.concat([Buffer.from([0]), data.subarray(y * width * 4, (y + 1) * width * 4)]),
  )
  const chunks = [
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.concat(rows))),
    chunk('IEND', Buffer.alloc(0)),
  ]
  return Buffer.concat([Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), ...chunks])
}

function chunk(type: string, content: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), content])
  const frame = Buffer.alloc(8)
  frame.writeUInt32BE(content.length, 0)
  frame.writeUInt32BE(crc32(body), 4)
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)])
}

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return (crc ^ 0xffffffff) >>> 0
}
