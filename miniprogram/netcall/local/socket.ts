import { Timer } from '../timer'

export interface SocketEnd {
  code: number
  reason: string
}
interface SocketHandlers {
  open(): void
  text(text: string): void
  /** Once for every end except `close()`. */
  close(end: SocketEnd): void
}

/** Close code of a connection without a close frame (RFC 6455). */
const ABNORMAL_CLOSURE = 1006
const NORMAL_CLOSURE = 1000

/** A text socket over `wx.connectSocket` with a timeout for opening. */
export class TextSocket {
  private readonly task: WechatMiniprogram.SocketTask
  private readonly openTimer = new Timer()
  private state: 'opening' | 'open' | 'closed' = 'opening'

  constructor(url: string, openTimeout: number, handlers: SocketHandlers) {
    const end = (code: number, reason: string): void => {
      if (this.state === 'closed') return
      this.finish()
      handlers.close({ code, reason })
    }
    this.openTimer.start(openTimeout, () => {
      end(ABNORMAL_CLOSURE, 'no answer in time')
      this.task.close({})
    })
    this.task = wx.connectSocket({ url, fail: ({ errMsg }) => end(ABNORMAL_CLOSURE, errMsg) })
    this.task.onOpen(() => {
      // Closed while opening: some base libraries ignore a close before the handshake is done.
      if (this.state === 'closed') return this.task.close({ code: NORMAL_CLOSURE })
      this.openTimer.stop()
      this.state = 'open'
      handlers.open()
    })
    this.task.onMessage(({ data }) => {
      if (this.state === 'open' && typeof data === 'string') handlers.text(data)
    })
    this.task.onError(({ errMsg }) => end(ABNORMAL_CLOSURE, errMsg))
    this.task.onClose(({ code, reason }) => end(code, reason))
  }

  /** Sends if open. Losses are noticed by timeouts and heartbeats. */
  send(text: string): void {
    if (this.state === 'open') this.task.send({ data: text, fail: ignore })
  }

  /** Closes for good; no handler is called any more. */
  close(): void {
    if (this.state === 'closed') return
    this.finish()
    this.task.close({ code: NORMAL_CLOSURE })
  }

  private finish(): void {
    this.openTimer.stop()
    this.state = 'closed'
  }
}

/** For frames while the socket is closing. */
function ignore(): void {}
