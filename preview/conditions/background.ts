/** Whether the mini-program is out of sight, and whether its scripts stand still for that reason. */
import { Switch } from '../runtime/emitter'

/** How long WeChat lets scripts go on in the background, ms. */
export const SUSPEND_AFTER = 5_000
/** Events that wait for a suspended script; older ones go. */
const MOST_WAITING = 200

export class Background {
  readonly hidden = new Switch()
  readonly suspended = new Switch()
  /** ms; tests set it. */
  suspendAfter = SUSPEND_AFTER
  private timer: ReturnType<typeof setTimeout> | undefined
  private waiting: Array<() => void> = []

  hide(): void {
    this.hidden.set(true)
    clearTimeout(this.timer)
    if (this.suspendAfter < Infinity) this.timer = setTimeout(() => this.suspend(), this.suspendAfter)
  }

  /** Has the scripts of a hidden mini-program stand still, before WeChat's time where a test calls it. */
  suspend(): void {
    if (this.hidden.on) this.suspended.set(true)
  }

  show(): void {
    clearTimeout(this.timer)
    this.hidden.set(false)
    this.suspended.set(false)
    for (const event of this.waiting.splice(0)) event()
  }

  /** Tells scripts of an event: at once, or when they run again. */
  readonly deliver = (event: () => void): void => {
    if (!this.suspended.on) return event()
    this.waiting.push(event)
    if (this.waiting.length > MOST_WAITING) this.waiting.shift()
  }
}
