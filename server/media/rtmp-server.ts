import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { BACKLOG } from '../connections'
import type { MediaContext } from './context'
import { ListenError } from './errors'
import { RtmpSession } from './rtmp-session'

/** The environment variable of the port, for errors. */
const PORT_OPTION = 'RTMP_PORT'

/** The RTMP port and its connections. */
export class RtmpServer {
  private readonly server: Server
  private readonly sockets = new Set<Socket>()

  constructor(private readonly context: MediaContext) {
    this.server = createServer((socket) => {
      if (!context.connections.open(socket)) return
      this.sockets.add(socket)
      socket.on('close', () => this.sockets.delete(socket))
      // oxlint-disable-next-line no-new -- the session is kept alive by its socket's events
      new RtmpSession(socket, context)
    })
  }

  /** The actual port; null when closed. */
  get port(): number | null {
    const address: AddressInfo | string | null = this.server.address()
    return address && typeof address === 'object' ? address.port : null
  }

  listen(port: number, host: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const failed = (error: Error) => reject(new ListenError(port, PORT_OPTION, error))
      this.server.once('error', failed)
      this.server.listen({ port, host, backlog: BACKLOG }, () => {
        this.server.off('error', failed)
        // Out of file descriptors: this connection is lost, the port stays open.
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
