/** Counts connections that are not admitted yet, with a limit per address and in total. */
export class PendingConnections {
  private readonly byAddress = new Map<string, number>()
  private total = 0

  /** `most`: in total, and per address. */
  constructor(private readonly most: { all: number; ofAddress: number }) {}

  /** Adds a connection. Returns a function that removes it, to be called when it is admitted or closed; null if the limit is reached. */
  add(address: string): (() => void) | null {
    const own = this.byAddress.get(address) ?? 0
    if (this.total >= this.most.all || own >= this.most.ofAddress) return null
    this.byAddress.set(address, own + 1)
    this.total++
    let pending = true
    return () => {
      if (!pending) return
      pending = false
      this.total--
      const left = (this.byAddress.get(address) ?? 1) - 1
      if (left === 0) this.byAddress.delete(address)
      else this.byAddress.set(address, left)
    }
  }
}
