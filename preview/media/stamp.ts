/**
 * A timestamp that survives encoding: the low 24 bits of a wall clock in ms and a check byte, as two rows of sixteen black or white blocks
 * at the top of a picture. Latency is measured by reading it back.
 */
const COLUMNS = 16
const ROWS = 2
/** A row's share of the picture's height. */
const ROW = 1 / 56
const WRAP = 0x1000000

export function drawStamp(canvas: CanvasRenderingContext2D, width: number, height: number, time: number): void {
  const bits = bitsOf(time % WRAP)
  for (let bit = 0; bit < COLUMNS * ROWS; bit++) {
    const { x, y } = cornerOf(bit, width, height)
    canvas.fillStyle = (bits >>> bit) & 1 ? '#fff' : '#000'
    canvas.fillRect(x, y, width / COLUMNS + 1, height * ROW + 1)
  }
}

/** The timestamp in a picture (RGBA bytes); null if there is none. */
export function readStamp(pixels: Uint8ClampedArray, width: number, height: number): number | null {
  let bits = 0
  for (let bit = 0; bit < COLUMNS * ROWS; bit++) {
    const { x, y } = cornerOf(bit, width, height)
    const at = (Math.floor(y + (height * ROW) / 2) * width + Math.floor(x + width / COLUMNS / 2)) * 4
    const light = (pixels[at] ?? 0) + (pixels[at + 1] ?? 0) + (pixels[at + 2] ?? 0)
    if (light > 382) bits |= 1 << bit
  }
  const value = bits & (WRAP - 1)
  return bitsOf(value) === bits >>> 0 ? value : null
}

/** ms from the timestamp to `now` (a wall clock), across wraps. */
export function ageOf(stamp: number, now: number): number {
  const age = (now % WRAP) - stamp
  return age < -WRAP / 2 ? age + WRAP : age
}

/** The value with its check in the top byte: the inverted XOR of its bytes, so that a plain picture is invalid. */
function bitsOf(value: number): number {
  const check = ~(value ^ (value >> 8) ^ (value >> 16)) & 0xff
  return (value | (check << 24)) >>> 0
}

function cornerOf(bit: number, width: number, height: number): { x: number; y: number } {
  const row = Math.floor(bit / COLUMNS)
  return { x: ((bit % COLUMNS) * width) / COLUMNS, y: height * ROW * row }
}
