import { clearRealTimeout, PATIENCE, realTimeout } from './real-time'

/** Received items of a connection, and a way to wait for later ones. */
export class Inbox<Item> {
  readonly items: Item[] = []
  /** Null while the connection is open; then the reason of its end, as given by the peer. */
  closedBecause: string | null = null
  private readonly checks = new Set<() => void>()

  add(item: Item): void {
    this.items.push(item)
    this.check()
  }

  close(reason: string): void {
    this.closedBecause ??= reason
    this.check()
  }

  /** The first matching item from index `from`. Rejects when the connection closes or after `PATIENCE`. */
  async find(fits: (item: Item) => boolean, from = 0): Promise<Item> {
    let found: Item | undefined
    await this.wait(() => (found = this.items.slice(from).find(fits)) !== undefined, true)
    if (found === undefined) throw new Error('unreachable')
    return found
  }

  /** Waits for `count` matching items and returns them. */
  async collect(count: number, fits: (item: Item) => boolean = () => true): Promise<Item[]> {
    await this.wait(() => this.items.filter(fits).length >= count, true)
    return this.items.filter(fits).slice(0, count)
  }

  /** Waits for the end of the connection; returns the reason. */
  async closed(): Promise<string> {
    await this.wait(() => this.closedBecause !== null, false)
    return this.closedBecause ?? ''
  }

  private check(): void {
    for (const check of this.checks) check()
  }

  private wait(done: () => boolean, open: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (act: () => void) => {
        clearRealTimeout(timer)
        this.checks.delete(check)
        act()
      }
      const check = () => {
        if (done()) settle(resolve)
        else if (open && this.closedBecause !== null) settle(() => reject(new Error(`closed: ${this.closedBecause}`)))
      }
      const timer = realTimeout(
        () => settle(() => reject(new Error(`nothing fitting came for ${PATIENCE} ms`))),
        PATIENCE,
      )
      this.checks.add(check)
      check()
    })
  }
}
