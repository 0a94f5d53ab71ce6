/** Connections that are not let in yet: few of one address, and not so many that those that are let in find no room. */
export class PendingConnections {
  private readonly byAddress = new Map<string, number>()
  private total = 0

  /** `most`: of all addresses together, and of one. */
  constructor(private readonly most: { all: number; ofAddress: number }) {}

  /** Takes one in; gives what lets it go, to be called once it is let in or closed. Null: there are too many. */
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
