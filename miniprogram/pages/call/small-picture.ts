/** The small picture of a video call: allowed area and dragging. px from the window's upper left corner. */
import { windowOf, type Window, type WindowInfo } from '../../services/window'

interface Point {
  x: number
  y: number
}

type Finger = Pick<WechatMiniprogram.TouchDetail, 'clientX' | 'clientY'>

const DESIGN_WIDTH = 750
const SIZE = { width: 200, height: 267 }
const MARGIN = 24
/** WeChat's menu button at the upper right. */
const CAPSULE_HEIGHT = 48

export class SmallPicture {
  private window: Window
  private point: Point
  /** Offset from the finger to the picture's corner during a drag. */
  private grip: Point | null = null

  constructor(info: WindowInfo) {
    this.window = windowOf(info)
    this.point = home(this.window)
  }

  /** As a style. */
  get place(): string {
    return `left: ${this.point.x}px; top: ${this.point.y}px`
  }

  /** The window was resized. Returns the new position. */
  fit(info: WindowInfo): string {
    this.window = windowOf(info)
    return this.move(this.point)
  }
  /** A touch on the picture began; null: elsewhere. */
  grab(finger: Finger | null): void {
    this.grip = finger && { x: this.point.x - finger.clientX, y: this.point.y - finger.clientY }
  }
  /** The finger moved. Returns the new position; null if it does not hold the picture. */
  drag({ clientX, clientY }: Finger): string | null {
    return this.grip && this.move({ x: clientX + this.grip.x, y: clientY + this.grip.y })
  }

  private move(point: Point): string {
    this.point = keepInside(this.window, point)
    return this.place
  }
}

/** The upper right corner, below WeChat's button. */
export function home(window: Window): Point {
  return keepInside(window, { x: window.width, y: window.top + CAPSULE_HEIGHT })
}

/** The nearest position at which the whole picture is visible. */
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
