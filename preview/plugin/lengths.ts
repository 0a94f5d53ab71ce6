const LENGTH_RPX = /(-?\d*\.?\d+)rpx\b/g
const LENGTH_VH = /(-?\d*\.?\d+)vh\b/g

const SAFE_AREA = /\benv\(\s*safe-area-inset-(top|bottom)\b/g

/**
 * Lengths of a phone in lengths of the browser: a screen is 750rpx wide; `vh` is of the page's own area, which the
 * phone's bars make shorter than the document. Hairlines stay a pixel. The safe area is this phone's, not the browser's.
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
