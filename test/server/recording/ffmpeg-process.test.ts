/** The process that runs ffmpeg: here it runs shells. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FfmpegProcess, type ProcessRun } from '../../../server/recording/compose/ffmpeg-process'
import { deferred } from '../../support/deferred'
import { until } from '../../support/until'
import { isAlive } from './fake-ffmpeg'

let folder: string
let target: string
let process: FfmpegProcess
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ffmpeg-process-'))
  target = join(folder, 'output')
  process = new FfmpegProcess()
})
afterEach(() => {
  process.close()
  rmSync(folder, { recursive: true })
})

const run = async (script: string, given: Partial<ProcessRun> = {}): Promise<string> =>
  await process.run({
    command: ['sh', '-c', script],
    target,
    signal: new AbortController().signal,
    onError: () => {},
    onOutput: async () => {},
    ...given,
  })
/** Content of a file in the folder; empty if it does not exist. */
const noted = (name: string): string => (existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8') : '')
const NOTE_PIDS = (): string => `echo $PPID $$ >${folder}/pids.new; mv ${folder}/pids.new ${folder}/pids`
async function pids(): Promise<{ host: number; program: number }> {
  await until(() => noted('pids') !== '', 'the program to start')
  const [host = 0, program = 0] = noted('pids').trim().split(' ').map(Number)
  return { host, program }
}

test('output is written to the target, errors are passed on, and the outcome is known', async () => {
  const [errors, sizes]: [string[], number[]] = [[], []]
  const outcome = await run('echo output; echo complaint >&2; exit 3', {
    onError: (text) => errors.push(text),
    onOutput: async (bytes) => void sizes.push(bytes),
  })
  expect([outcome, errors.join(''), sizes]).toEqual(['code 3', 'complaint\n', [7]])
  expect(readFileSync(target, 'utf8')).toBe('output\n')
  expect(await run('kill -9 $$')).toBe('signal SIGKILL')
  expect(await run('', { command: [join(folder, 'missing')] })).toMatch(/ENOENT/)
})

test('a program waits while its output is not taken', async () => {
  const { promise, resolve } = deferred<void>()
  let taken = 0
  const done = run(`head -c 1000000 /dev/zero; echo done >${folder}/done`, {
    onOutput: async (bytes) => {
      taken += bytes
      await promise
    },
  })
  await until(() => taken > 0, 'the first output')
  expect(noted('done')).toBe('')
  resolve()
  expect(await done).toBe('code 0')
  expect([taken, noted('done')]).toEqual([1_000_000, 'done\n'])
})

test('an aborted program is killed, also if it has not started yet; the next one runs', async () => {
  const abort = new AbortController()
  const running = run(`${NOTE_PIDS()}; sleep 600`, { signal: abort.signal })
  const { program } = await pids()
  abort.abort()
  expect(await running).toBe('signal SIGKILL')
  expect(isAlive(program)).toBe(false)
  expect(await run('sleep 600', { signal: AbortSignal.abort() })).toBe('signal SIGKILL')
  expect(await run('echo next')).toBe('code 0')
  expect(readFileSync(target, 'utf8')).toBe('next\n')
})

test('the end of the process ends the run; the next run starts another', async () => {
  const running = run(`${NOTE_PIDS()}; sleep 1; echo output`)
  const { host } = await pids()
  globalThis.process.kill(host, 'SIGKILL')
  expect(await running).toBe('the process that ran it')
  expect(await run('echo next')).toBe('code 0')
})

test('closing it ends the program', async () => {
  void run(`${NOTE_PIDS()}; while :; do echo output; done`)
  const { host, program } = await pids()
  process.close()
  await until(() => !isAlive(host) && !isAlive(program), 'the end of both')
})

test('a target that cannot be written is an error with its code', async () => {
  await expect(run('echo output', { target: join(folder, 'missing', 'output') })).rejects.toMatchObject({
    code: 'ENOENT',
  })
  if (existsSync('/dev/full'))
    await expect(run('echo output', { target: '/dev/full' })).rejects.toMatchObject({ code: 'ENOSPC' })
  expect(await run('echo next')).toBe('code 0')
})
