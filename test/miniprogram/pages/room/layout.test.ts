/** @jest-environment node */
/** Positions of tiles: the whole portrait screen, for any number. */
import {
  PAGE_SIZE,
  pagesOf,
  placesOf,
  type Place,
} from '../../../../miniprogram/pages/room/components/member-grid/layout'

interface Box {
  left: number
  top: number
  width: number
  height: number
}
const keys = (count: number): string[] => Array.from({ length: count }, (_, index) => `k${index}`)
function boxOf({ place }: Place): Box {
  const value = (name: string): number => Number(new RegExp(`${name}: (-?[\\d.]+)%`).exec(place)?.[1])
  return { left: value('left'), top: value('top'), width: value('width'), height: value('height') }
}
/** Left offset of tiles that are not on the page. */
const outside = (page: number): number[] =>
  placesOf(keys(20), null, page)
    .filter(({ onPage }) => !onPage)
    .map((place) => boxOf(place).left)
const seen = (places: Place[]): Box[] => places.filter(({ onPage }) => onPage).map(boxOf)
const area = (boxes: Box[]): number => boxes.reduce((sum, { width, height }) => sum + (width * height) / 10_000, 0)
function overlap(a: Box, b: Box): boolean {
  const apart = 0.01
  return (
    a.left + a.width > b.left + apart &&
    b.left + b.width > a.left + apart &&
    a.top + a.height > b.top + apart &&
    b.top + b.height > a.top + apart
  )
}
/** Number of tiles per row, from the top. */
function rows(boxes: Box[]): number[] {
  const tops = [...new Set(boxes.map(({ top }) => top))].sort((a, b) => a - b)
  return tops.map((top) => boxes.filter((box) => box.top === top).length)
}

test.each([
  [1, [1], 'large'],
  [2, [1, 1], 'large'],
  [3, [1, 2], 'medium'],
  [4, [2, 2], 'medium'],
  [5, [2, 3], 'medium'],
  [6, [2, 2, 2], 'medium'],
  [7, [2, 2, 3], 'small'],
  [8, [2, 3, 3], 'small'],
  [9, [3, 3, 3], 'small'],
] as const)('%i people stand in rows of %j, %s', (count, expected, size) => {
  const places = placesOf(keys(count), null, 0)
  expect(rows(seen(places))).toEqual(expected)
  expect(places.map((place) => place.size)).toEqual(keys(count).map(() => size))
})

describe.each([null, 'k0', 'k3'])('with %s large', (pinned) => {
  test.each([4, 5, 6, 7, 8, 9, 10, 14, 19])('%i members fill the screen without overlap', (count) => {
    for (let page = 0; page < pagesOf(count, pinned !== null); page++) {
      const boxes = seen(placesOf(keys(count), pinned, page))
      expect(area(boxes)).toBeCloseTo(1, 3)
      const overlapping = boxes.filter((box, index) => boxes.slice(index + 1).some((other) => overlap(box, other)))
      expect(overlapping).toEqual([])
    }
  })
})

test('a large tile takes most of it, with the others below', () => {
  const places = placesOf(keys(5), 'k2', 0)
  expect(places[2]).toMatchObject({ place: 'left: 0%; top: 0%; width: 100%; height: 80%', size: 'large' })
  expect(rows(seen(places.filter((_, index) => index !== 2)))).toEqual([4])
  expect(rows(seen(placesOf(keys(9), 'k2', 0)))).toEqual([1, 4, 4])
})

test('more than nine are split into pages, with the large one on each', () => {
  expect([9, 10, 18, 19].map((count) => pagesOf(count, false))).toEqual([1, 2, 2, 3])
  expect([1, 9, 10, 17, 18].map((count) => pagesOf(count, true))).toEqual([1, 1, 2, 2, 3])
  const pageOf = (page: number, pinned: string | null): string[] => {
    const places = placesOf(keys(12), pinned, page)
    return keys(12).filter((_, index) => places[index]?.onPage)
  }
  expect(pageOf(0, null)).toEqual(keys(PAGE_SIZE))
  expect(pageOf(1, null)).toEqual(['k9', 'k10', 'k11'])
  expect(pageOf(0, 'k11')).toEqual(['k0', 'k1', 'k2', 'k3', 'k4', 'k5', 'k6', 'k7', 'k11'])
  expect(pageOf(1, 'k11')).toEqual(['k8', 'k9', 'k10', 'k11'])
})

test('members on another page are outside of the screen', () => {
  expect(outside(0)).toEqual(Array.from({ length: 11 }, () => 100))
  expect(outside(2)).toEqual(Array.from({ length: 18 }, () => -100))
})
