/** WebSockets as a mini-program has them: tasks, at most five. */
import { Listeners } from '../emitter'
import { api } from './api'

interface ConnectOptions {
  url: string
  protocols?: string[]
  header?: Record<string, string>
  timeout?: number
}

const LIMIT = 5
const TIMEOUT = 60_000
const open = new Set<WebSocket>()

function connect({ url, protocols = [], timeout = TIMEOUT }: ConnectOptions) {
  if (open.size >= LIMIT) throw new Error(`Maximum number of WebSocket connections (${LIMIT}) exceeded`)
  const socket = new WebSocket(url, protocols)
  socket.binaryType = 'arraybuffer'
  open.add(socket)
  const opened = new Listeners<{ header: Record<string, string>; profile: Record<string, number> }>()
  const messages = new Listeners<{ data: unknown }>()
  const closed = new Listeners<{ code: number; reason: string }>()
  const failed = new Listeners<{ errMsg: string }>()
  const timer = setTimeout(() => socket.close(), timeout)
  socket.addEventListener('open', () => {
    clearTimeout(timer)
    opened.emit({ header: {}, profile: {} })
  })
  socket.addEventListener('message', (event: MessageEvent<unknown>) => messages.emit({ data: event.data }))
  socket.addEventListener('error', () => failed.emit({ errMsg: 'connectSocket:fail the service cannot be reached' }))
  socket.addEventListener('close', ({ code, reason }) => {
    clearTimeout(timer)
    open.delete(socket)
    closed.emit({ code, reason })
  })
  return {
    get readyState() {
      return socket.readyState
    },
    CONNECTING: 0,
    OPEN: 1,
    CLOSING: 2,
    CLOSED: 3,
    send: api('sendSocketMessage', ({ data }: { data: string | ArrayBuffer }) => {
      if (socket.readyState !== WebSocket.OPEN) throw new Error('the socket is not open')
      socket.send(data)
    }),
    close: api('closeSocket', ({ code = 1000, reason = '' }: { code?: number; reason?: string }) => {
      open.delete(socket)
      socket.close(code, reason)
    }),
    onOpen: opened.add,
    onMessage: messages.add,
    onClose: closed.add,
    onError: failed.add,
  }
}

export function socketApi() {
  return {
    connectSocket(options: ConnectOptions & { success?(): void; fail?(error: { errMsg: string }): void }) {
      const task = connect(options)
      options.success?.()
      return task
    },
  }
}
