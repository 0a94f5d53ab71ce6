/** WebSockets of a mini-program: tasks, at most five. */
import { PhoneSocket } from '../../conditions/phone-socket'
import { Listeners } from '../emitter'
import type { Phone } from '../phone'
import { api } from './api'

interface ConnectOptions {
  url: string
  protocols?: string[]
  header?: Record<string, string>
  timeout?: number
}

const LIMIT = 5
const TIMEOUT = 60_000

function connect({ sockets, conditions }: Phone, { url, protocols = [], timeout = TIMEOUT }: ConnectOptions) {
  if (sockets.size >= LIMIT) throw new Error(`Maximum number of WebSocket connections (${LIMIT}) exceeded`)
  const opened = new Listeners<{ header: Record<string, string>; profile: Record<string, number> }>()
  const messages = new Listeners<{ data: unknown }>()
  const closed = new Listeners<{ code: number; reason: string }>()
  const failed = new Listeners<{ errMsg: string }>()
  const { deliver } = conditions.background
  let reached = false
  const socket = new PhoneSocket(url, protocols, conditions.network, {
    open() {
      clearTimeout(timer)
      reached = true
      deliver(() => opened.emit({ header: {}, profile: {} }))
    },
    message: (data) => deliver(() => messages.emit({ data })),
    closed(code, reason) {
      clearTimeout(timer)
      sockets.delete(socket)
      deliver(() => {
        if (!reached) failed.emit({ errMsg: `connectSocket:fail ${reason || 'the service cannot be reached'}` })
        closed.emit({ code, reason })
      })
    },
  })
  sockets.add(socket)
  const timer = setTimeout(() => socket.close(), timeout)
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
      sockets.delete(socket)
      socket.close(code, reason)
    }),
    onOpen: opened.add,
    onMessage: messages.add,
    onClose: closed.add,
    onError: failed.add,
  }
}

export function socketApi(phone: Phone) {
  return {
    connectSocket(options: ConnectOptions & { success?(): void; fail?(error: { errMsg: string }): void }) {
      const task = connect(phone, options)
      options.success?.()
      return task
    },
  }
}
