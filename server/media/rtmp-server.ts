import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import type { MediaContext } from './context'
import { ListenError } from './errors'
import { PendingConnections } from './pending-connections'
import { RtmpSession } from './rtmp-session'

/** The environment variable that sets the port, for the error that asks for another. */
const PORT_OPTION = 'RTMP_PORT'

/** The RTMP port and its connections. */
export class RtmpServer {
  private readonly server: Server
  private readonly sockets = new Set<Socket>()

  constructor(private readonly context: MediaContext) {
    const pending = new PendingConnections(context.limits.rtmpPending)
    this.server = createServer((socket) => {
      const admitted = pending.add(socket.remoteAddress ?? '')
      if (!admitted) return this.turnAway(socket)
      this.sockets.add(socket)
      socket.on('close', () => {
        admitted()
        this.sockets.delete(socket)
      })
      // oxlint-disable-next-line no-new -- the session lives by its socket's events
      new RtmpSession(socket, context, admitted)
    })
    this.server.maxConnections = context.limits.rtmpConnections
    this.server.on('drop', () => this.context.logger.warn({}, 'media: too many RTMP connections, one turned away'))
  }

  private turnAway(socket: Socket): void {
    const { remoteAddress: address } = socket
    this.context.logger.warn(
      { address },
      'media: too many RTMP connections that do not publish or play, one turned away',
    )
    socket.destroy()
  }

  /** The port listened on, null when closed. */
  get port(): number | null {
    const address: AddressInfo | string | null = this.server.address()
    return address && typeof address === 'object' ? address.port : null
  }

  listen(port: number, host: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const failed = (error: Error) => reject(new ListenError(port, PORT_OPTION, error))
      this.server.once('error', failed)
      this.server.listen(port, host, () => {
        this.server.off('error', failed)
        // Out of file handles: this connection is lost, the port stays open.
        this.server.on('error', (error) => this.context.logger.error({ err: error }, 'media: RTMP port'))
        resolve()
      })
    })
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy()
    if (!this.server.listening) return
    await new Promise<void>((resolve) => void this.server.close(() => resolve()))
  }
}
