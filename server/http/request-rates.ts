import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { addressKey } from '../connections'
import { Rates } from '../rates'
import { clientAddress } from './client-address'

/** Burst, in seconds of the average rate. */
const BURST = 2
/** How long new connections of an address above its rate are closed, ms. */
const BLOCKED = 1_000
/** The same for an address that pipelined too many requests, which ordinary clients never do, ms. */
const PUNISHED = 10_000
/** Maximum number of blocked addresses. */
const MOST_BLOCKED = 10_000

/** Limits the requests and upgrades of each address. */
export class RequestRates {
  private readonly rates: Rates
  private readonly blockedUntil = new Map<string, number>()

  /** @param trustedHops see `clientAddress` */
  constructor(
    readonly perSecond: number,
    private readonly trustedHops: number,
  ) {
    this.rates = new Rates(perSecond, BURST * perSecond)
  }

  /**
   * Counts a request of its address. Returns false above the rate; the address is then blocked, because even an error answer costs too
   * much.
   */
  take(request: IncomingMessage): boolean {
    const address = clientAddress(request, this.trustedHops)
    if (this.rates.take(address)) return true
    this.block(address, BLOCKED)
    return false
  }

  /** Blocks the address of a socket that pipelined too many requests. */
  punish(socket: Socket): void {
    if (this.trustedHops === 0) this.block(addressKey(socket.remoteAddress ?? ''), PUNISHED)
  }

  /** Whether new connections of the socket's address are to be closed. Never for proxies, whose address all clients share. */
  isBlocked(socket: Socket): boolean {
    if (this.trustedHops > 0) return false
    const address = addressKey(socket.remoteAddress ?? '')
    const until = this.blockedUntil.get(address)
    if (until === undefined) return false
    if (until > performance.now()) return true
    this.blockedUntil.delete(address)
    return false
  }

  private block(address: string, time: number): void {
    if (this.blockedUntil.size >= MOST_BLOCKED) this.blockedUntil.clear()
    this.blockedUntil.set(address, performance.now() + time)
  }
}
