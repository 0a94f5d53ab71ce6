/** Listeners of one event, for `wx.on…` and `wx.off…`. */
export class Listeners<T> {
  private readonly listeners = new Set<(value: T) => void>()

  readonly add = (listener: (value: T) => void): void => void this.listeners.add(listener)

  /** Without an argument: removes all. */
  readonly remove = (listener?: (value: T) => void): void => {
    if (listener) this.listeners.delete(listener)
    else this.listeners.clear()
  }

  emit(value: T): void {
    // A listener may remove itself.
    for (const listener of new Set(this.listeners)) listener(value)
  }
}

/** An observable boolean. */
export class Switch {
  readonly changes = new Listeners<boolean>()

  constructor(private value = false) {}

  get on(): boolean {
    return this.value
  }
  set(on: boolean): void {
    if (on === this.value) return
    this.value = on
    this.changes.emit(on)
  }
}
