/** The background of a scene: each member's name card, visible where it has no picture. */
import { initials, tone } from '../../../miniprogram/components/avatar/initials'
import { dotsOf, GLYPH } from './glyphs'
import { CANVAS, type Place } from './layout'
import type { Scene } from './plan'

type Colour = readonly [number, number, number]

const EMPTY: Colour = [16, 18, 22]
const INK: Colour = [255, 255, 255]
/** Colours by an account's tone, the same as of its avatar on phones. */
const TONES: readonly Colour[] = [
  [0x25, 0x63, 0xc9],
  [0x0f, 0x76, 0x6e],
  [0x7c, 0x3a, 0xed],
  [0xb4, 0x34, 0x1f],
  [0xa2, 0x1a, 0x6b],
  [0x3f, 0x62, 0x12],
  [0x8a, 0x4b, 0x08],
  [0x47, 0x55, 0x69],
]
const BYTES = 3
/** Gap between neighbouring cards. */
const EDGE = 2
const LARGEST_DOT = 14

/** The canvas as an image file (PPM). */
export function drawBackground({ tiles }: Pick<Scene, 'tiles'>): Buffer {
  const pixels = Buffer.alloc(CANVAS.width * CANVAS.height * BYTES, Buffer.from(EMPTY))
  for (const { account, place, picture } of tiles) if (!picture) drawCard(pixels, account, place)
  return Buffer.concat([Buffer.from(`P6\n${CANVAS.width} ${CANVAS.height}\n255\n`), pixels])
}

/** The avatar's letters, and the name below them if it fits. */
function drawCard(pixels: Buffer, account: string, { x, y, width, height }: Place): void {
  const card = { x: x + EDGE, y: y + EDGE, width: width - 2 * EDGE, height: height - 2 * EDGE }
  fill(pixels, card, TONES[tone(account)] ?? EMPTY)
  const half = { ...card, height: Math.floor(card.height / 2) }
  const quarter = { ...half, y: card.y + Math.floor(card.height * 0.58), height: Math.floor(card.height / 4) }
  write(pixels, initials(account), half, Math.floor(card.height * 0.12), LARGEST_DOT)
  write(pixels, account, quarter, 0, 2)
}

/** Centres a text in a rectangle, with dots as large as the rectangle and `largest` allow; omitted if it does not fit. */
function write(pixels: Buffer, text: string, place: Place, lower: number, largest: number): void {
  const characters = Array.from(text)
  const columns = characters.length * (GLYPH.width + 1) + 1
  const dot = Math.min(largest, Math.floor(place.width / columns), Math.floor(place.height / GLYPH.height))
  if (dot < 1) return
  const left = place.x + Math.floor((place.width - (columns - 2) * dot) / 2)
  const top = place.y + lower + Math.floor((place.height - GLYPH.height * dot) / 2)
  for (const [index, character] of characters.entries()) {
    for (const { column, row } of dotsOf(character)) {
      const x = left + (index * (GLYPH.width + 1) + column) * dot
      fill(pixels, { x, y: top + row * dot, width: dot, height: dot }, INK)
    }
  }
}

function fill(pixels: Buffer, { x, y, width, height }: Place, colour: Colour): void {
  const line = Buffer.alloc(width * BYTES, Buffer.from(colour))
  for (let row = y; row < y + height; row++) line.copy(pixels, (row * CANVAS.width + x) * BYTES)
}
