/** Listeners of one kind of event, as `wx.on…` and `wx.off…` keep them. */
export class Listeners<T> {
  private readonly listeners = new Set<(value: T) => void>()

  readonly add = (listener: (value: T) => void): void => void this.listeners.add(listener)

  /** Without a listener: all of them. */
  readonly remove = (listener?: (value: T) => void): void => {
    if (listener) this.listeners.delete(listener)
    else this.listeners.clear()
  }

  emit(value: T): void {
    // a listener may remove itself
    for (const listener of new Set(this.listeners)) listener(value)
  }
}

/** Something that is so or not, and who wants to know when that changes. */
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
