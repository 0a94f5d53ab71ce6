import { TokenBucket } from '../token-bucket'
import type { MediaLimits } from './limits'

/** Source and handler of messages. */
interface MessageSource<Message> {
  pause(): void
  resume(): void
  /** May throw, which stops the pump. */
  take(message: Message): void
  /** Size in bytes. */
  sizeOf(message: Message): number
  failed(error: unknown): void
  /** The budget is used up: the sender has to wait. */
  slowed?(): void
  /** Runs around the work of one turn. */
  turn(work: () => void): void
}

/** Messages handled per turn of the event loop. */
const PER_TURN = 100
/** Minimum wait for the budget, ms. */
const SHORTEST_WAIT = 10
/** Burst of the bit rate in seconds, as after a network stall. */
const BURST = 10

/**
 * Handles the messages of one connection within its budget: a few per turn of the event loop, and no more messages and bytes per second
 * than the limits allow. Meanwhile the connection is not read, so that its sender has to wait.
 */
export class MessagePump<Message> {
  private readonly waiting: Iterator<Message>[] = []
  private timer: NodeJS.Immediate | NodeJS.Timeout | null = null
  private ended = false

  private readonly messages: TokenBucket
  private readonly bytes: TokenBucket

  constructor(
    private readonly source: MessageSource<Message>,
    { messageRate, messageBurst, bitRate }: Pick<MediaLimits, 'messageRate' | 'messageBurst' | 'bitRate'>,
  ) {
    this.messages = new TokenBucket(messageRate, messageBurst)
    this.bytes = new TokenBucket(bitRate / 8, (bitRate / 8) * BURST)
  }

  /** Handles messages, the first ones at once. They are taken from the iterator one by one. */
  push(messages: Iterator<Message>): void {
    if (this.ended) return
    this.waiting.push(messages)
    if (this.timer === null) this.source.turn(() => this.run())
  }

  /** Handles all remaining messages at once, after the end of the connection. */
  finish(): void {
    try {
      for (let next = this.next(); next !== null && !this.ended; next = this.next()) this.source.take(next)
    } catch (error) {
      this.source.failed(error)
    }
    this.end()
  }

  /** Drops the remaining messages. */
  end(): void {
    this.ended = true
    this.waiting.length = 0
    if (this.timer === null) return
    clearWait(this.timer)
    this.timer = null
    // The connection must be read to notice its end.
    this.source.resume()
  }

  private run(): void {
    try {
      for (let handled = 0; ; handled++) {
        const budget = Math.max(this.messages.wait(), this.bytes.wait())
        if (budget > 0) {
          this.source.slowed?.()
          return this.wait(Math.max(SHORTEST_WAIT, budget))
        }
        if (handled === PER_TURN) return this.wait(0)
        const next = this.next()
        if (next === null) return
        this.messages.take()
        this.bytes.spend(this.source.sizeOf(next))
        this.source.take(next)
        if (this.ended) return
      }
    } catch (error) {
      this.end()
      this.source.failed(error)
    }
  }

  private next(): Message | null {
    for (let first = this.waiting[0]; first; first = this.waiting[0]) {
      const { value, done } = first.next()
      if (!done) return value
      this.waiting.shift()
    }
    return null
  }

  private wait(time: number): void {
    this.source.pause()
    const go = (): void => {
      this.timer = null
      this.source.turn(() => this.run())
      if (this.timer === null && !this.ended) this.source.resume()
    }
    this.timer = time === 0 ? setImmediate(go) : setTimeout(go, time)
  }
}

function clearWait(timer: NodeJS.Immediate | NodeJS.Timeout): void {
  if ('refresh' in timer) clearTimeout(timer)
  else clearImmediate(timer)
}
