/** An app server with scripted answers. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { verifyCallback } from '../../../server/callback/signature'

export const APP = { appKey: 'my-app', appSecret: 'my-secret' }

export interface Got {
  id: string
  body: string
  valid: boolean
}
export type Behaviour = (request: IncomingMessage, response: ServerResponse) => void

export const well: Behaviour = (_, response) => void response.end('ok')
export const silence: Behaviour = () => undefined
export const withStatus =
  (status: number, headers = {}): Behaviour =>
  (_, response) =>
    void response.writeHead(status, headers).end()
/** Raw bytes instead of an answer; then the connection is closed, or stays open. */
export const raw =
  (bytes: string, close = true): Behaviour =>
  ({ socket }) =>
    void (close ? socket.end(bytes) : socket.write(bytes))
export const hangUp: Behaviour = ({ socket }) => void socket.destroy()

export class ScriptedReceiver {
  readonly got: Got[] = []
  answer: Behaviour = well
  private port = 0
  private server = createServer()

  get url(): string {
    return `http://127.0.0.1:${this.port}/callback`
  }

  /** On its earlier port after a restart. */
  async up(): Promise<this> {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const body = Buffer.concat(chunks).toString()
        const id = String(request.headers['x-callback-id'])
        this.got.push({ id, body, valid: verifyCallback(request.headers, body, APP).valid })
        this.answer(request, response)
      })
    })
    await new Promise<void>((resolve) => this.server.listen(this.port, '127.0.0.1', resolve))
    const address = this.server.address()
    this.port = address && typeof address === 'object' ? address.port : 0
    return this
  }

  async down(): Promise<void> {
    this.server.closeAllConnections()
    await new Promise((resolve) => this.server.close(resolve))
  }

  /** The first of each event by id, as for an app that drops duplicates. */
  get distinct(): Got[] {
    return this.got.filter(({ id }, at) => this.got.findIndex((other) => other.id === id) === at)
  }
}
