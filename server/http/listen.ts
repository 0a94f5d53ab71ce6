import type { Server } from 'node:http'
import { BACKLOG } from '../connections'
import { ListenError } from '../media/errors'

/** Resolves with the actual port (for port 0). Rejects with a `ListenError` that names the port and its option. */
export function listenOn(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const refuse = (error: Error): void => reject(new ListenError(port, 'PORT', error))
    server.once('error', refuse)
    server.listen({ port, host, backlog: BACKLOG }, () => {
      server.off('error', refuse)
      const address = server.address()
      resolve(address !== null && typeof address === 'object' ? address.port : port)
    })
  })
}
