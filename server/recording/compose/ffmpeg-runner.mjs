/**
 * Runs ffmpeg for the service, one at a time, and writes its output to a file. The messages are typed in `ffmpeg-process.ts`. In JavaScript,
 * because it then loads in 40 ms and stays small.
 */
import { spawn } from 'node:child_process'
import { open } from 'node:fs/promises'
import { constants, setPriority } from 'node:os'

// ffmpeg inherits it. Already low enough if not permitted.
try {
  setPriority(constants.priority.PRIORITY_LOW)
} catch {}

class Run {
  goOn = () => {}
  killed = new AbortController()

  constructor(number) {
    this.number = number
  }

  kill() {
    this.killed.abort()
    this.goOn()
  }

  /** Resolves when the message is on its way, so that ffmpeg waits for a busy service. */
  async tell(message) {
    await new Promise((resolve) => process.send({ run: this.number, ...message }, resolve))
  }
}

let current = new Run(0)

process.on('message', (message) => {
  if (message.do === 'start') void execute((current = new Run(message.run)), message)
  else if (message.run === current.number) current[message.do]()
})
// The service ended: ffmpeg ends when nobody reads its output.
process.on('disconnect', () => process.exit())

async function execute(run, { command, target }) {
  try {
    const file = await open(target, 'w')
    const ended = await outcomeOf(run, command, file).finally(async () => await file.close())
    await run.tell({ ended })
  } catch ({ message, code }) {
    await run.tell({ problem: message, code })
  }
}

/** An exit code, a signal, or the error of starting it. Rejects if its output cannot be written. */
async function outcomeOf(run, [program, ...args], file) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('close', (code, signal) => resolve(signal === null ? `code ${code}` : `signal ${signal}`))
  })
  const kill = () => {
    child.kill('SIGKILL')
    // If it is a script, its child keeps the pipes open and ends when nobody reads.
    child.stdout.destroy()
    child.stderr.destroy()
  }
  run.killed.signal.addEventListener('abort', kill)
  if (run.killed.signal.aborted) kill()
  const errors = forward(run, child.stderr.setEncoding('utf8'))
  try {
    for await (const bytes of readable(child.stdout)) {
      await file.writeFile(bytes)
      const next = new Promise((resolve) => (run.goOn = resolve))
      await run.tell({ wrote: bytes.length })
      if (!run.killed.signal.aborted) await next
    }
    await errors
    return await ended
  } finally {
    kill()
  }
}

async function forward(run, output) {
  for await (const text of readable(output)) await run.tell({ text })
}

/** Also ends if the output is destroyed; the exit status tells why. */
async function* readable(output) {
  try {
    yield* output
  } catch (error) {
    if (!output.destroyed) throw error
  }
}
