/** Layout of members in the mixed picture. All edges are even, as 4:2:0 requires. */

export interface Place {
  x: number
  y: number
  width: number
  height: number
}

export const CANVAS = { width: 640, height: 480 }
/** With a main speaker: width of the strip, and the number of members from which it has two columns. */
const STRIP = 160
const WIDE_STRIP_FROM = 5
/** A cell is at most this fraction of the strip's height. */
const FEWEST_ROWS = 3

/** Rectangles for a number of members in order: a grid, or a large one with a strip at its right. */
export function placesFor(count: number, main: number | null): Place[] {
  if (main === null || count < 2) {
    const columns = Math.ceil(Math.sqrt(count))
    return grid({ x: 0, y: 0, ...CANVAS }, count, columns, Math.ceil(count / columns))
  }
  const others = count - 1
  const columns = others >= WIDE_STRIP_FROM ? 2 : 1
  const rows = Math.max(FEWEST_ROWS, Math.ceil(others / columns))
  const left = CANVAS.width - STRIP
  const places = grid({ x: left, y: 0, width: STRIP, height: CANVAS.height }, others, columns, rows)
  places.splice(main, 0, { x: 0, y: 0, width: left, height: CANVAS.height })
  return places
}

/** The largest rectangle of a picture's aspect ratio, centred in another one. */
export function fitInto(place: Place, picture: { width: number; height: number }): Place {
  const scale = Math.min(place.width / picture.width, place.height / picture.height)
  const width = Math.min(place.width, Math.max(2, even(picture.width * scale)))
  const height = Math.min(place.height, Math.max(2, even(picture.height * scale)))
  const [x, y] = [place.x + even((place.width - width) / 2), place.y + even((place.height - height) / 2)]
  return { x, y, width, height }
}

function grid(area: Place, count: number, columns: number, rows: number): Place[] {
  return Array.from({ length: count }, (_, index) => {
    const [column, row] = [index % columns, Math.floor(index / columns)]
    const x = edge(area.x, area.width, column, columns)
    const y = edge(area.y, area.height, row, rows)
    const width = edge(area.x, area.width, column + 1, columns) - x
    return { x, y, width, height: edge(area.y, area.height, row + 1, rows) - y }
  })
}

/** Start of the n-th part of a length. */
const edge = (start: number, length: number, index: number, parts: number): number =>
  start + even((length * index) / parts)
const even = (value: number): number => 2 * Math.floor(value / 2)
