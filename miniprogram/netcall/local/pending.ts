import { NetcallError } from '../errors'

interface Waiting<Answer> {
  resolve(answer: Answer): void
  reject(error: NetcallError): void
  timer: ReturnType<typeof setTimeout>
}

/** Requests by `seq` that wait for their answer, each with a timeout. */
export class PendingRequests<Answer> {
  private readonly waiting = new Map<number, Waiting<Answer>>()
  private readonly timeout: number
  private lastSeq = 0

  constructor(timeout: number) {
    this.timeout = timeout
  }

  /** Assigns a seq, sends the request, and resolves with its answer; rejects with `timeout`. */
  ask(name: string, send: (seq: number) => void, timeout = this.timeout): Promise<Answer> {
    const seq = ++this.lastSeq
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiting.delete(seq)
        reject(new NetcallError('timeout', `${name}: no answer from the service in ${timeout} ms`))
      }, timeout)
      this.waiting.set(seq, { resolve, reject, timer })
      send(seq)
    })
  }

  /** An answer arrived. Answers nobody waits for are ignored. */
  settle(seq: number, answer: Answer): void {
    this.take(seq)?.resolve(answer)
  }

  failAll(error: NetcallError): void {
    for (const seq of this.waiting.keys()) this.take(seq)?.reject(error)
  }

  private take(seq: number): Waiting<Answer> | undefined {
    const entry = this.waiting.get(seq)
    if (entry) clearTimeout(entry.timer)
    this.waiting.delete(seq)
    return entry
  }
}
