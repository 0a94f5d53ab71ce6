/** The phone's network, which may go away. */
import { Listeners } from '../runtime/emitter'

/** A connection of the phone, whatever carries it. */
export interface Line {
  /** Nothing comes or goes on it any more, for good, and nobody on the other side is told. */
  lose(): void
  /** The other side may learn now that the lost line has ended. */
  release(): void
}
export interface NetworkState {
  isConnected: boolean
  networkType: 'wifi' | 'none'
}

/** What a connection attempt without a network comes to, in the words of WeChat's own network stack. */
export class NoNetwork extends Error {
  override readonly name = 'NoNetwork'

  constructor() {
    super('errcode:-106 net::ERR_INTERNET_DISCONNECTED')
  }
}

export class Network {
  readonly changes = new Listeners<NetworkState>()
  /** When a network that was dropped for a while comes back, as `Date.now()` tells it; null when nobody knows. */
  backAt: number | null = null
  private there = true
  private timer: ReturnType<typeof setTimeout> | undefined
  private readonly lines = new Set<Line>()
  private readonly lost = new Set<Line>()

  get state(): NetworkState {
    return { isConnected: this.there, networkType: this.there ? 'wifi' : 'none' }
  }

  /** Takes a line that begins; what it returns is called at the line's real end. Throws `NoNetwork`. */
  join(line: Line): () => void {
    if (!this.there) throw new NoNetwork()
    this.lines.add(line)
    return () => {
      this.lines.delete(line)
      this.lost.delete(line)
    }
  }

  set(on: boolean): void {
    clearTimeout(this.timer)
    this.backAt = null
    if (on === this.there) return
    this.there = on
    if (on) this.releaseLost()
    else this.lose([...this.lines])
    this.changes.emit(this.state)
  }

  /** Takes the network away for a while, ms. */
  drop(duration: number): void {
    this.set(false)
    this.backAt = Date.now() + duration
    this.timer = setTimeout(() => this.set(true), duration)
  }

  /** Loses some lines only: the network itself stays as it is. */
  lose(lines: Iterable<Line>): void {
    const losing = [...lines]
    for (const line of losing) {
      if (!this.lines.delete(line)) continue
      this.lost.add(line)
      line.lose()
    }
  }

  /** Lets the other sides know of what was lost, if there is a network to do so. */
  releaseLost(): void {
    if (!this.there) return
    const lines = [...this.lost]
    this.lost.clear()
    for (const line of lines) line.release()
  }
}
