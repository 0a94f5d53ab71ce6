/** The phone's network, which can be switched off. */
import { Listeners } from '../runtime/emitter'

/** A connection of the phone, of any kind. */
export interface Line {
  /** The connection is lost for good; the other side is not notified. */
  lose(): void
  /** The other side may be notified that the lost connection has ended. */
  release(): void
}
export interface NetworkState {
  isConnected: boolean
  networkType: 'wifi' | 'none'
}

/** The error of connecting without a network, in WeChat's words. */
export class NoNetwork extends Error {
  override readonly name = 'NoNetwork'

  constructor() {
    super('errcode:-106 net::ERR_INTERNET_DISCONNECTED')
  }
}

export class Network {
  readonly changes = new Listeners<NetworkState>()
  /** When a network that was dropped for a limited time returns (`Date.now()`); null if unknown. */
  backAt: number | null = null
  private there = true
  private timer: ReturnType<typeof setTimeout> | undefined
  private readonly lines = new Set<Line>()
  private readonly lost = new Set<Line>()

  get state(): NetworkState {
    return { isConnected: this.there, networkType: this.there ? 'wifi' : 'none' }
  }

  /** Registers a new connection; call the returned function at its end. Throws `NoNetwork`. */
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

  /** Removes the network for a time, ms. */
  drop(duration: number): void {
    this.set(false)
    this.backAt = Date.now() + duration
    this.timer = setTimeout(() => this.set(true), duration)
  }

  /** Loses some connections only; the network stays. */
  lose(lines: Iterable<Line>): void {
    const losing = [...lines]
    for (const line of losing) {
      if (!this.lines.delete(line)) continue
      this.lost.add(line)
      line.lose()
    }
  }

  /** Notifies the other sides of lost connections, if there is a network. */
  releaseLost(): void {
    if (!this.there) return
    const lines = [...this.lost]
    this.lost.clear()
    for (const line of lines) line.release()
  }
}
