const LENGTH_RPX = /(-?\d*\.?\d+)rpx\b/g
const LENGTH_VH = /(-?\d*\.?\d+)vh\b/g

const SAFE_AREA = /\benv\(\s*safe-area-inset-(top|bottom)\b/g

/**
 * Converts a phone's lengths to the browser's: a screen is 750rpx wide; `vh` refers to the page's area, which is shorter than the document
 * because of the bars. Hairlines stay one pixel. The safe area is this phone's.
 */
export function phoneLengths(value: string): string {
  return value
    .replace(SAFE_AREA, 'var(--safe-$1')
    .replace(LENGTH_RPX, (_, n: string) => {
      const length = `calc(100vw * ${n} / 750)`
      return Number(n) > 0 && Number(n) < 2 ? `max(1px, ${length})` : length
    })
    .replace(LENGTH_VH, (_, n: string) => `calc(var(--page-vh, 1vh) * ${n})`)
}
