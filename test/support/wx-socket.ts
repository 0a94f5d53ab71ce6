/** `wx.connectSocket` over the `ws` package, so that the mini-program's clients use real sockets in tests. */
import { WebSocket } from 'ws'

interface SocketTask {
  send(options: { data: string }): void
  close(options: { code?: number; reason?: string; complete?: () => void }): void
  onOpen(listener: () => void): void
  onMessage(listener: (result: { data: string | ArrayBuffer }) => void): void
  onError(listener: (result: { errMsg: string }) => void): void
  onClose(listener: (result: { code: number; reason: string }) => void): void
}

const sockets = new Set<WebSocket>()
/** The account of a socket, if known by its URL or its login. */
const owners = new Map<WebSocket, string>()
const offline = new Set<string>()

/** Number of sockets that are not closed. */
export function openSockets(): number {
  return sockets.size
}

/** The account's phone loses the network, until the returned function is called. */
export function loseNetwork(account: string): () => void {
  offline.add(account)
  for (const [socket, owner] of owners) if (owner === account) socket.terminate()
  return () => offline.delete(account)
}

const lostWays = new Set<string>()
/** The address is unreachable. */
const NOWHERE = 'ws://127.0.0.1:9'

/** New sockets to paths with this prefix fail, until the returned function is called. */
export function loseWay(path: string): () => void {
  lostWays.add(path)
  return () => lostWays.delete(path)
}

/** Everything that was lost is back. */
export function restoreNetwork(): void {
  offline.clear()
  lostWays.clear()
}

function own(socket: WebSocket, account: string | undefined | null): void {
  if (!account) return
  owners.set(socket, account)
  if (offline.has(account)) socket.terminate()
}

export interface SocketOptions {
  url: string
  /** The phone has begun to connect. */
  success?: () => void
}

function connectSocket({ url, success = () => {} }: SocketOptions): SocketTask {
  const isLost = [...lostWays].some((path) => new URL(url).pathname.startsWith(path))
  const socket = new WebSocket(isLost ? NOWHERE : url)
  queueMicrotask(success)
  sockets.add(socket)
  socket.on('close', () => {
    sockets.delete(socket)
    owners.delete(socket)
  })
  // A socket that is closed while opening emits an error; without a listener that would end the process.
  socket.on('error', () => {})
  own(socket, new URL(url).searchParams.get('account'))
  return {
    send: ({ data }) => {
      own(socket, /"accid":"([^"]+)"/.exec(data)?.[1])
      if (socket.readyState === WebSocket.OPEN) socket.send(data)
    },
    close: ({ code, reason, complete = () => {} }) => {
      socket.close(code, reason)
      queueMicrotask(complete)
    },
    onOpen: (listener) => void socket.on('open', listener),
    onMessage: (listener) =>
      void socket.on('message', (data, binary) =>
        listener({ data: Buffer.isBuffer(data) && !binary ? data.toString() : new ArrayBuffer(0) }),
      ),
    onError: (listener) => void socket.on('error', ({ message }) => listener({ errMsg: message })),
    onClose: (listener) => void socket.on('close', (code, reason) => listener({ code, reason: reason.toString() })),
  }
}

type Network = { isConnected: boolean; networkType: string }
const shown = new Set<() => void>()
const networkChanged = new Set<(network: Network) => void>()

/** The app comes to the foreground. */
export function showApp(): void {
  for (const listener of shown) listener()
}
export function changeNetwork(network: Network): void {
  for (const listener of networkChanged) listener(network)
}
/** Number of listeners for the app's return or the network. */
export function wakingListeners(): number {
  return shown.size + networkChanged.size
}

/**
 * Installs the clients' part of `wx` in a test file that runs in Node. `withoutTls`: for NetEase's SDK, which only uses `wss`, while the
 * service under test has no TLS.
 */
export function installWxSocket({ withoutTls = false }: { withoutTls?: boolean } = {}): void {
  const wx = {
    connectSocket: ({ url, ...options }: SocketOptions) =>
      connectSocket({ ...options, url: withoutTls ? url.replace(/^wss:/, 'ws:') : url }),
    onAppShow: (listener: () => void) => shown.add(listener),
    offAppShow: (listener: () => void) => shown.delete(listener),
    onNetworkStatusChange: (listener: (network: Network) => void) => networkChanged.add(listener),
    offNetworkStatusChange: (listener: (network: Network) => void) => networkChanged.delete(listener),
  }
  Object.assign(globalThis, { wx })
}
