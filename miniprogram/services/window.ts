/** The usable area of the window; px. */
export interface Window {
  width: number
  height: number
  /** Top and bottom of the safe area. */
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

/** Top of the header on pages with their own navigation bar. */
export function headerTop(info: WindowInfo): number {
  return windowOf(info).top + HEADER_MARGIN
}
