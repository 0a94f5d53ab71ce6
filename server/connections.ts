import { isIPv6, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'

/**
 * Limits on the connections of both ports. A connection is pending until a whole request was read, or a token, ticket or signed URL was accepted; and again
 * between two requests.
 */
export interface ConnectionLimits {
  /** Maximum of all connections; the process's other file descriptors are for recordings and the database. */
  all: number
  pending: number
  pendingOfAddress: number
  /** Maximum time that a connection may be pending, ms. */
  pendingTime: number
}
export interface ConnectionCounts {
  open: number
  pending: number
  /** Refused because `all` were open, with none pending. */
  refused: number
  /** Closed while pending: to make room for a newer one, or after `pendingTime`. */
  displaced: number
  expired: number
}

export const DEFAULT_CONNECTION_LIMITS: ConnectionLimits = {
  all: 4096,
  pending: 512,
  pendingOfAddress: 64,
  pendingTime: 10_000,
}

/** Listen backlog of both ports. With Node's default of 511 a flood fills it, and clients retry after a second. */
export const BACKLOG = 4096

interface Connection {
  socket: Socket
  address: string
  /** Set while the connection is pending. */
  timer: NodeJS.Timeout | null
}

/**
 * Counts the open connections of the service. A new one beyond a limit takes the place of a pending one: the oldest of its own address, or of the address that has
 * most of them. During a flood of connections, clients that send their request at once are still admitted.
 */
export class Connections {
  private readonly connections = new Map<Duplex, Connection>()
  /** Pending connections by address, oldest first. */
  private readonly pending = new Map<string, Set<Connection>>()
  private pendingCount = 0
  /** Numbers connections whose address is shared. */
  private shared = 0
  private refused = 0
  private displaced = 0
  private expired = 0

  constructor(private readonly limits: ConnectionLimits = DEFAULT_CONNECTION_LIMITS) {}

  get counts(): ConnectionCounts {
    const { refused, displaced, expired } = this
    return { open: this.connections.size, pending: this.pendingCount, refused, displaced, expired }
  }

  /**
   * Registers a new connection as pending. False if there is no place: it is closed then.
   * @param shared whether many clients share the socket's address, as behind a proxy: each connection then counts as an address of its own
   */
  open(socket: Socket, shared = false): boolean {
    const address = shared ? `shared ${++this.shared}` : addressKey(socket.remoteAddress ?? '')
    const { all, pending, pendingOfAddress } = this.limits
    if (this.countOf(address) >= pendingOfAddress) this.displace(address)
    if (this.pendingCount >= pending) this.displace(this.fullestAddress())
    if (this.connections.size >= all) this.displace(this.fullestAddress())
    if (this.connections.size >= all) {
      this.refused++
      socket.destroy()
      return false
    }
    const connection: Connection = { socket, address, timer: null }
    this.connections.set(socket, connection)
    this.startPending(connection)
    socket.once('close', () => {
      this.endPending(connection)
      this.connections.delete(socket)
    })
    return true
  }

  /** Ends the pending state. Ignores connections that were not registered. */
  admit(socket: Duplex): void {
    const connection = this.connections.get(socket)
    if (connection) this.endPending(connection)
  }

  /** Makes the connection pending again. */
  suspend(socket: Duplex): void {
    const connection = this.connections.get(socket)
    if (connection && !socket.destroyed) this.startPending(connection)
  }

  private startPending(connection: Connection): void {
    this.endPending(connection)
    const own = this.pending.get(connection.address) ?? new Set<Connection>()
    this.pending.set(connection.address, own)
    own.add(connection)
    this.pendingCount++
    connection.timer = setTimeout(() => {
      this.expired++
      this.close(connection)
    }, this.limits.pendingTime).unref()
  }

  private endPending(connection: Connection): void {
    if (connection.timer === null) return
    clearTimeout(connection.timer)
    connection.timer = null
    this.pendingCount--
    const own = this.pending.get(connection.address)
    own?.delete(connection)
    if (own?.size === 0) this.pending.delete(connection.address)
  }

  private countOf(address: string): number {
    return this.pending.get(address)?.size ?? 0
  }

  private fullestAddress(): string {
    let [fullest, most] = ['', 0]
    for (const [address, { size }] of this.pending) if (size > most) [fullest, most] = [address, size]
    return fullest
  }

  private displace(address: string): void {
    const [oldest] = this.pending.get(address) ?? []
    if (!oldest) return
    this.displaced++
    this.close(oldest)
  }

  private close(connection: Connection): void {
    this.endPending(connection)
    this.connections.delete(connection.socket)
    connection.socket.destroy()
  }
}

/** The key of an address for limits: an IPv4 address, or the /64 network of an IPv6 one, because a client usually controls all of it. */
export function addressKey(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '')
  if (!isIPv6(plain)) return plain
  const [head = '', tail] = plain.split('%')[0]?.split('::') ?? []
  const start = head === '' ? [] : head.split(':')
  const end = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? 0 : 8 - start.length - end.length
  return [...start, ...Array<string>(Math.max(0, zeros)).fill('0'), ...end].slice(0, 4).join(':')
}
