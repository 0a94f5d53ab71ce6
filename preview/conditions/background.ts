/** Whether the mini-program is in the background, and whether its scripts are suspended. */
import { Switch } from '../runtime/emitter'

/** How long WeChat keeps scripts running in the background, ms. */
const SUSPEND_AFTER = 5_000
/** Maximum number of events queued for suspended scripts; older ones are dropped. */
const MOST_WAITING = 200

export class Background {
  readonly hidden = new Switch()
  readonly suspended = new Switch()
  /** ms; can be set by tests. */
  suspendAfter = SUSPEND_AFTER
  private timer: ReturnType<typeof setTimeout> | undefined
  private waiting: Array<() => void> = []

  hide(): void {
    this.hidden.set(true)
    clearTimeout(this.timer)
    if (this.suspendAfter < Infinity) this.timer = setTimeout(() => this.suspend(), this.suspendAfter)
  }

  /** Suspends the scripts of a hidden mini-program; tests may call it early. */
  suspend(): void {
    if (this.hidden.on) this.suspended.set(true)
  }

  show(): void {
    clearTimeout(this.timer)
    this.hidden.set(false)
    this.suspended.set(false)
    for (const event of this.waiting.splice(0)) event()
  }

  /** Delivers an event to scripts: at once, or when they are resumed. */
  readonly deliver = (event: () => void): void => {
    if (!this.suspended.on) return event()
    this.waiting.push(event)
    if (this.waiting.length > MOST_WAITING) this.waiting.shift()
  }
}
