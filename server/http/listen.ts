import { once } from 'node:events'
import type { Server } from 'node:http'
import { ListenError } from '../media/errors'

/** Resolves with the port that it got (for port 0). Rejects with a `ListenError` that names the port and its option. */
export async function listenOn(server: Server, port: number, host: string): Promise<number> {
  try {
    server.listen(port, host)
    await once(server, 'listening')
  } catch (error) {
    throw new ListenError(port, 'PORT', error instanceof Error ? error : new Error(String(error)))
  }
  const address = server.address()
  return address !== null && typeof address === 'object' ? address.port : port
}
