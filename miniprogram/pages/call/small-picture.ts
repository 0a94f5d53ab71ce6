/** Where the small picture of a video call may be: px from the window's upper left corner. */
export interface Point {
  x: number
  y: number
}
/** What is needed of the window; px. */
export interface Window {
  width: number
  height: number
  /** Upper and lower edge of what no notch covers. */
  top: number
  bottom: number
}

type WindowInfo = Pick<WechatMiniprogram.WindowInfo, 'windowWidth' | 'windowHeight' | 'statusBarHeight' | 'safeArea'>

const DESIGN_WIDTH = 750
const SIZE = { width: 200, height: 267 }
const MARGIN = 24
/** WeChat's own button at the upper right. */
const CAPSULE_HEIGHT = 48

export function windowOf({ windowWidth, windowHeight, statusBarHeight, safeArea }: WindowInfo): Window {
  const top = Math.max(statusBarHeight, safeArea.top)
  return { width: windowWidth, height: windowHeight, top, bottom: Math.min(windowHeight, safeArea.bottom) }
}

/** The upper right corner, below WeChat's button. */
export function home(window: Window): Point {
  return keepInside(window, { x: window.width, y: window.top + CAPSULE_HEIGHT })
}

/** The nearest point at which the whole picture is seen. */
export function keepInside(window: Window, { x, y }: Point): Point {
  const rpx = window.width / DESIGN_WIDTH
  const margin = MARGIN * rpx
  const right = window.width - margin - SIZE.width * rpx
  const lowest = window.bottom - margin - SIZE.height * rpx
  return { x: within(margin, right, x), y: within(window.top, lowest, y) }
}

function within(least: number, most: number, value: number): number {
  return Math.round(Math.max(least, Math.min(most, value)))
}
