/** What of the window can be used; px. */
export interface Window {
  width: number
  height: number
  /** Upper and lower edge of what no notch covers. */
  top: number
  bottom: number
}

export type WindowInfo = Pick<
  WechatMiniprogram.WindowInfo,
  'windowWidth' | 'windowHeight' | 'statusBarHeight' | 'safeArea'
>

const HEADER_MARGIN = 8

export function windowOf({ windowWidth, windowHeight, statusBarHeight, safeArea }: WindowInfo): Window {
  const top = Math.max(statusBarHeight, safeArea.top)
  return { width: windowWidth, height: windowHeight, top, bottom: Math.min(windowHeight, safeArea.bottom) }
}

/** Where the header of a page begins that draws its own navigation bar. */
export function headerTop(info: WindowInfo): number {
  return windowOf(info).top + HEADER_MARGIN
}
