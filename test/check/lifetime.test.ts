/** A command ends with its parent, and ends its own processes, whichever is killed and how. */
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { isRunning, treeOf } from '../support/process-tree'
import { until } from '../support/until'

// Each starts npm and several Node processes.
jest.setTimeout(120_000)

const ROOT = join(__dirname, '../..')
const script = (name: string): string => JSON.stringify(pathToFileURL(join(ROOT, 'scripts', name)).href)
const describeOnPosix = process.platform === 'win32' ? describe.skip : describe

const folders: string[] = []
const commands: Command[] = []
afterEach(() => {
  for (const { npm } of commands.splice(0)) npm.kill('SIGKILL')
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

interface Command {
  npm: ChildProcess
  output: () => string
}
function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'lifetime-'))
  folders.push(folder)
  return folder
}
/** Starts npm in its own process group, like a shell. */
function run(cwd: string, args: string[], env: NodeJS.ProcessEnv = {}): Command {
  const npm = spawn('npm', args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  let output = ''
  for (const stream of [npm.stdout, npm.stderr]) stream.on('data', (data: Buffer) => (output += data.toString()))
  const command = { npm, output: () => output }
  commands.push(command)
  return command
}
const running = (pids: readonly number[]): number[] => pids.filter(isRunning)

type Target = 'npm' | 'shell' | 'script' | 'program'

/** Pids of npm, its shell, the command's script, its program, and a process of the program. */
async function start(): Promise<Record<Target | 'inner', number>> {
  const folder = emptyFolder()
  const put = (name: string, text: string): void => writeFileSync(join(folder, name), text)
  put('package.json', JSON.stringify({ scripts: { job: 'node script.mjs' } }))
  put(
    'script.mjs',
    `import { runInstead } from ${script('setup/run.mjs')}
    import { endWithParents } from ${script('setup/parents.mjs')}
    endWithParents()
    process.exitCode = await runInstead(['program.mjs'])`,
  )
  put(
    'program.mjs',
    `import { spawn } from 'node:child_process'
    import { createServer } from 'node:net'
    spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000); console.log("inner runs")'], { stdio: 'inherit' })
    createServer().listen(0)`,
  )
  const { npm, output } = run(folder, ['run', 'job'])
  await until(() => output().includes('inner runs'), 'the innermost process')
  const tree = treeOf(npm.pid ?? 0)
  const pidOf = (part: RegExp): number => tree.find(({ command }) => part.test(command))?.pid ?? 0
  const pids = {
    npm: npm.pid ?? 0,
    shell: pidOf(/^\S*sh -c .*script\.mjs/),
    script: pidOf(/^\S*node \S*script\.mjs/),
    program: pidOf(/node program\.mjs/),
    inner: pidOf(/node -e /),
  }
  expect(Object.entries(pids).filter(([, pid]) => pid === 0)).toEqual([])
  return pids
}

describeOnPosix('a command that npm runs', () => {
  async function endsBy(target: Target, signal: NodeJS.Signals, group = 1): Promise<void> {
    const pids = await start()
    process.kill(group * pids[target], signal)
    await until(() => running(Object.values(pids)).length === 0, `the end of all after ${signal} to ${target}`)
  }

  test.each<[Target, NodeJS.Signals[]]>([
    ['npm', ['SIGTERM', 'SIGHUP', 'SIGKILL']],
    ['shell', ['SIGTERM', 'SIGKILL']],
    ['script', ['SIGTERM', 'SIGKILL']],
    ['program', ['SIGKILL']],
  ])('no process is left when its %s gets one of %j', async (target, signals) => {
    await Promise.all(signals.map((signal) => endsBy(target, signal)))
  })

  test('no process is left after Ctrl+C in a terminal', () => endsBy('npm', 'SIGINT', -1))
})

describeOnPosix('npm start', () => {
  test('the service closes and frees its ports when npm gets SIGTERM', async () => {
    const env = { PORT: '0', RTMP_PORT: '0', DATA_DIR: join(emptyFolder(), 'data'), LOG_LEVEL: 'info' }
    const { npm, output } = run(ROOT, ['start', '--', '--no-open'], env)
    await until(() => output().includes('Ctrl+C'), 'the greeting')
    const pids = treeOf(npm.pid ?? 0).map(({ pid }) => pid)
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(output())?.[0] ?? ''
    expect((await fetch(`${url}/healthz`)).status).toBe(200)
    npm.kill('SIGTERM')
    await until(() => running(pids).length === 0, 'the end of all processes')
    await until(() => output().includes('service: stopped'), 'the last line of the log')
    await expect(fetch(`${url}/healthz`)).rejects.toThrow('fetch failed')
  })
})

describeOnPosix('npm test', () => {
  test('no process is left when npm is killed', async () => {
    const { npm, output } = run(ROOT, ['test', '--', 'docs/docs'])
    await until(() => output().includes('▸ chosen'), 'the beginning of the run')
    const pids = treeOf(npm.pid ?? 0).map(({ pid }) => pid)
    expect(pids.length).toBeGreaterThan(3)
    npm.kill('SIGKILL')
    await until(() => running(pids).length === 0, 'the end of all processes')
  })
})
