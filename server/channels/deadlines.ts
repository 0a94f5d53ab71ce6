/** Named timers: setting a name again replaces its timer. */
export class Deadlines<Name> {
  private readonly timers = new Map<Name, NodeJS.Timeout>()

  set(name: Name, after: number, act: () => void): void {
    this.clear(name)
    this.timers.set(
      name,
      setTimeout(() => {
        this.timers.delete(name)
        act()
      }, after),
    )
  }

  clear(name: Name): void {
    clearTimeout(this.timers.get(name))
    this.timers.delete(name)
  }

  clearAll(): void {
    for (const timer of this.timers.values()) clearTimeout(timer)
    this.timers.clear()
  }
}
