/** The call SDK's gateway connection. Frames: the netcall contract, "The media gateway's wire protocol". */
import { z } from 'zod'

const FRAME = z.object({ cmd: z.number(), seq: z.number().optional(), body: z.record(z.string(), z.unknown()) })
/** How long the SDK waits for the answer to its logout, ms. */
const GOODBYE = 300

type Task = ReturnType<typeof wx.connectSocket>

export class GatewayLink {
  onOpen: () => void = () => {}
  onBroken: () => void = () => {}
  onPush: (cmd: number, packet: unknown) => void = () => {}
  private readonly task: Task
  private readonly waiting = new Map<number, { resolve: (body: unknown) => void; reject: (body: unknown) => void }>()
  private seq = 1
  private self: { uid?: unknown; cid?: unknown } = {}
  private open = false
  private leaving = false

  constructor(url: string) {
    this.task = wx.connectSocket({ url })
    this.task.onOpen(() => {
      this.open = true
      if (!this.leaving) this.onOpen()
    })
    this.task.onMessage(({ data }) => this.received(FRAME.parse(JSON.parse(typeof data === 'string' ? data : ''))))
    this.task.onError(() => {})
    this.task.onClose(() => {
      this.open = false
      if (!this.leaving) this.onBroken()
    })
  }

  /** Resolves with the answer's body; rejects with it if its code is not 200. */
  ask(cmd: number, body: object): Promise<unknown> {
    const seq = this.seq++
    if (cmd === 0) this.self = { uid: Reflect.get(body, 'uid'), cid: Reflect.get(body, 'cid') }
    return new Promise((resolve, reject) => {
      this.waiting.set(seq, { resolve, reject })
      this.task.send({ data: JSON.stringify({ cmd, seq, body: { ...this.self, ...body } }) })
    })
  }
  async leave(): Promise<void> {
    if (this.leaving) return
    this.leaving = true
    if (this.open) {
      const late = new Promise((resolve) => setTimeout(resolve, GOODBYE))
      await Promise.race([this.ask(4, {}), late]).catch(() => {})
    }
    this.task.close({ code: 1000 })
  }

  private received(packet: z.infer<typeof FRAME>): void {
    const { cmd, seq, body } = packet
    const answer = seq === undefined ? undefined : this.waiting.get(seq)
    if (seq === undefined) return this.onPush(cmd, packet)
    this.waiting.delete(seq)
    if (body['code'] === 200) answer?.resolve(body)
    else answer?.reject(body)
  }
}
