/**
 * The wire protocol of NetEase's IM servers for their SDK in WeChat: the address service over `wx.request`, then a connection like
 * socket.io 0.9 over `wx.connectSocket`, whose messages are packets of a service (SID) and a command (CID).
 */

/** A property map uses numbers for names. */
export type Properties = Record<number, string | number>

export interface Command {
  sid: number
  cid: number
  ser: number
  /** Values by position. */
  params: unknown[]
}

/** The servers' handling of a connection. */
export interface LinkOwner {
  command(link: WebLink, command: Command): void
  /** The phone has closed the connection, or it was lost. */
  gone(link: WebLink): void
}

interface PhoneEnd {
  send(options: { data: string }): void
  close(options?: { code?: number; reason?: string; complete?: () => void }): void
  onOpen(listener: () => void): void
  onMessage(listener: (result: { data: string }) => void): void
  onError(listener: (result: { errMsg: string }) => void): void
  onClose(listener: (result: { code: number; reason: string }) => void): void
}

/** socket.io's packet kinds, as far as used. */
const KIND = { disconnect: '0', connect: '1', heartbeat: '2', message: '3' } as const

/** One connection: the phone's end is what `wx.connectSocket` returns, the servers' end is the rest. */
export class WebLink {
  private readonly owner: LinkOwner
  private readonly listeners = {
    open: [] as Array<() => void>,
    message: [] as Array<(result: { data: string }) => void>,
    close: [] as Array<(result: { code: number; reason: string }) => void>,
  }
  private closed = false

  constructor(owner: LinkOwner) {
    this.owner = owner
    this.later(() => {
      if (this.closed) return
      for (const heard of this.listeners.open) heard()
      this.text(`${KIND.connect}::`)
    })
  }

  readonly phoneEnd: PhoneEnd = {
    send: ({ data }) => this.later(() => this.receive(data)),
    close: (options = {}) => {
      this.end(options.code ?? 1000, options.reason ?? '')
      options.complete?.()
    },
    onOpen: (listener) => void this.listeners.open.push(listener),
    onMessage: (listener) => void this.listeners.message.push(listener),
    onError: () => {},
    onClose: (listener) => void this.listeners.close.push(listener),
  }

  answer({ sid, cid, ser }: Command, code: number, values: unknown[] = []): void {
    this.packet({ sid, cid, ser, code, r: values })
  }
  notify(sid: number, cid: number, values: unknown[]): void {
    this.packet({ sid, cid, ser: 0, code: 200, r: values })
  }
  /** The servers close the connection, or the network is lost. */
  break(): void {
    this.end(1006, '')
  }

  private packet(packet: object): void {
    this.text(`${KIND.message}:::${JSON.stringify(packet)}`)
  }
  private text(data: string): void {
    this.later(() => {
      if (!this.closed) for (const heard of this.listeners.message) heard({ data })
    })
  }

  private receive(data: string): void {
    if (this.closed) return
    if (data.startsWith(KIND.heartbeat)) return
    if (data.startsWith(KIND.disconnect)) return this.end(1000, '')
    const [, json] = /^3:[^:]*:[^:]*:(.*)$/s.exec(data) ?? []
    const packet: unknown = json && JSON.parse(json)
    if (isPacket(packet)) {
      const { SID: sid, CID: cid, SER: ser, Q = [] } = packet
      this.owner.command(this, { sid, cid, ser, params: Q.map(({ v }) => v) })
    }
  }

  private end(code: number, reason: string): void {
    if (this.closed) return
    this.closed = true
    this.owner.gone(this)
    this.later(() => {
      for (const heard of this.listeners.close) heard({ code, reason })
    })
  }

  /** In order, and never within the call that caused it. */
  private later(run: () => void): void {
    setTimeout(run, 0)
  }
}

interface Packet {
  SID: number
  CID: number
  SER: number
  Q?: Array<{ t: string; v: unknown }>
}
function isPacket(value: unknown): value is Packet {
  return typeof value === 'object' && value !== null && 'SID' in value && 'CID' in value
}
