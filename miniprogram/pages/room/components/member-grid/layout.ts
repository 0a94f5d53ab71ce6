/** Positions of a room's tiles, in per cent of the grid: by their number, whether one is large, and the visible page. */

export interface Place {
  /** As a style. */
  place: string
  /** How much text fits on the tile. */
  size: 'large' | 'medium' | 'small' | 'tiny'
  onPage: boolean
}
interface Box {
  left: number
  top: number
  width: number
  height: number
}

/** Tiles per page. */
export const PAGE_SIZE = 9
/** Tiles per row, by the number of tiles: upright, without empty cells. */
const ROWS: readonly (readonly number[])[] = [
  [],
  [1],
  [1, 1],
  [1, 2],
  [2, 2],
  [2, 3],
  [2, 2, 2],
  [2, 2, 3],
  [2, 3, 3],
  [3, 3, 3],
]
/** Small tiles per row beside the large one, and the height of such a row. */
const STRIP = { tiles: 4, height: 20 }
const WHOLE: Box = { left: 0, top: 0, width: 100, height: 100 }

export function pagesOf(count: number, pinned: boolean): number {
  const pages = pinned ? Math.ceil((count - 1) / (PAGE_SIZE - 1)) : Math.ceil(count / PAGE_SIZE)
  return Math.max(1, pages)
}

/** A position for each key in order. The pinned one is large and on every page. */
export function placesOf(keys: readonly string[], pinned: string | null, page: number): Place[] {
  const others = keys.filter((key) => key !== pinned)
  const perPage = pinned === null ? PAGE_SIZE : PAGE_SIZE - 1
  const first = page * perPage
  const shown = others.slice(first, first + perPage)
  const rows = pinned === null ? (ROWS[shown.length] ?? []) : stripRows(shown.length)
  const strip = pinned === null ? WHOLE.height : rows.length * STRIP.height
  const boxes = rowBoxes(rows, { ...WHOLE, top: WHOLE.height - strip, height: strip })
  const size = sizeOf(shown.length, pinned !== null)
  return keys.map((key) => {
    if (key === pinned)
      return { place: styleOf({ ...WHOLE, height: WHOLE.height - strip }), size: 'large', onPage: true }
    const at = others.indexOf(key) - first
    const box = boxes[at]
    if (box) return { place: styleOf(box), size, onPage: true }
    return { place: styleOf({ left: at < 0 ? -100 : 100, top: 0, width: 50, height: 50 }), size, onPage: false }
  })
}

function stripRows(count: number): number[] {
  if (count === 0) return []
  if (count <= STRIP.tiles) return [count]
  return [Math.floor(count / 2), Math.ceil(count / 2)]
}

function sizeOf(count: number, beside: boolean): Place['size'] {
  if (beside) return 'tiny'
  if (count > 6) return 'small'
  return count > 2 ? 'medium' : 'large'
}

function rowBoxes(rows: readonly number[], { top, height: whole }: Box): Box[] {
  const height = whole / rows.length
  return rows.flatMap((tiles, row) =>
    Array.from({ length: tiles }, (_, tile) => ({
      left: (tile * WHOLE.width) / tiles,
      top: top + row * height,
      width: WHOLE.width / tiles,
      height,
    })),
  )
}

function styleOf({ left, top, width, height }: Box): string {
  const [x, y, w, h] = [left, top, width, height].map((value) => `${Number(value.toFixed(3))}%`)
  return `left: ${x}; top: ${y}; width: ${w}; height: ${h}`
}
