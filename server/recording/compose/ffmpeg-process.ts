/** A small process that runs ffmpeg: forking the service itself delays live calls (docs/measurements.md). */
import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { confinedEnvironment } from './confinement'

const PROGRAM = fileURLToPath(new URL('./ffmpeg-runner.mjs', import.meta.url))

type Order =
  { run: number; do: 'start'; command: readonly string[]; target: string } | { run: number; do: 'goOn' | 'kill' }
/** `wrote`: bytes added to the target; the process waits for `goOn`. `problem`: the target cannot be written. */
type Message = { run: number } & (
  { wrote: number } | { text: string } | { ended: string } | { problem: string; code?: string }
)

export interface ProcessRun {
  /** The program and its arguments. */
  command: readonly string[]
  /** File for its standard output. */
  target: string
  /** Ends the program. */
  signal: AbortSignal
  /** Called with pieces of its standard error. */
  onError: (text: string) => void
  /** Called with the number of bytes written; no more is read until it resolves. Does not reject. */
  onOutput: (bytes: number) => Promise<void>
}

interface Current extends ProcessRun {
  number: number
  resolve: (outcome: string) => void
  reject: (error: Error) => void
}

/** Runs one program at a time. The process is started for the first one, and exists until `close`. */
export class FfmpegProcess {
  private child: ChildProcess | null = null
  private current: Current | null = null
  private runs = 0

  /** Resolves with how the program ended ("code 0", "signal SIGKILL"). Rejects if its output cannot be written. */
  async run(run: ProcessRun): Promise<string> {
    const { command, target, signal } = run
    const number = ++this.runs
    const kill = (): void => this.send({ run: number, do: 'kill' })
    signal.addEventListener('abort', kill)
    try {
      return await new Promise((resolve, reject) => {
        this.current = { ...run, number, resolve, reject }
        this.child ??= this.start()
        this.send({ run: number, do: 'start', command, target })
        if (signal.aborted) kill()
      })
    } finally {
      signal.removeEventListener('abort', kill)
      this.current = null
    }
  }

  /** Ends the process and the program that it runs. */
  close(): void {
    if (this.child?.connected) this.child.disconnect()
  }

  private start(): ChildProcess {
    const child = fork(PROGRAM, [], { execArgv: [], env: confinedEnvironment(), stdio: 'ignore' })
    const onEnd = (): void => {
      if (this.child !== child) return
      this.child = null
      this.current?.resolve('the process that ran it')
    }
    return child
      .on('message', (message: Message) => this.onMessage(message))
      .on('exit', onEnd)
      .on('error', onEnd)
  }

  private onMessage(message: Message): void {
    const { current } = this
    if (message.run !== current?.number) return
    if ('text' in message) current.onError(message.text)
    else if ('ended' in message) current.resolve(message.ended)
    else if ('problem' in message) current.reject(Object.assign(new Error(message.problem), { code: message.code }))
    else void current.onOutput(message.wrote).then(() => this.send({ run: message.run, do: 'goOn' }))
  }

  /** Does nothing after the end of the process, which ends the current run. */
  private send(order: Order): void {
    if (this.child?.connected) this.child.send(order, () => {})
  }
}
