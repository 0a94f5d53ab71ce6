import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Config } from '../../../server/config'
import { fail } from '../../../server/run'
import { startService } from '../../support/service'
import { until } from '../../support/until'

const ROOT = join(__dirname, '../../..')
let dataDir: string
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'main-'))
})
afterEach(() => rmSync(dataDir, { recursive: true }))

/** The service as a process. */
function run(environment: Record<string, string>, args: string[] = []) {
  const child = spawn(process.execPath, ['--import', 'tsx', 'server/main.ts', ...args], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'], PORT: '0', RTMP_PORT: '0', DATA_DIR: dataDir, ...environment },
  })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  child.stdout.resume()
  return {
    child,
    said: () => said,
    exit: async () => (child.exitCode === null ? (await once(child, 'exit'))[0] : child.exitCode),
  }
}

/** The program's output before it exits with 1. */
async function saidOf(config: Partial<Config>): Promise<string> {
  const said: string[] = []
  const exit = jest.spyOn(process, 'exit').mockImplementation((code) => {
    throw new Error(`exit ${code}`)
  })
  const write = jest.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0)
  try {
    await startService({ dataDir, ...config }).then(
      () => expect('the service').toBe('refused to start'),
      (error: unknown) => expect(() => fail(error)).toThrow('exit 1'),
    )
  } finally {
    exit.mockRestore()
    write.mockRestore()
  }
  return said.join('')
}

describe('the service process', () => {
  it('prints its URL, and stops on SIGTERM while its events are watched', async () => {
    const { child, said, exit } = run({})
    await until(() => said().includes('DEV_TOKENS'), 'the greeting')
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(said())?.[0]
    const watching = await fetch(`${url}/api/events`)
    child.kill('SIGTERM')
    expect(await exit()).toBe(0)
    await watching.body?.cancel().catch(() => undefined)
  })

  it('names an invalid value, and exits with 1', async () => {
    const { said, exit } = run({ CALLBACK_URL: 'nowhere' })
    expect(await exit()).toBe(1)
    expect(said()).toMatch(/^CALLBACK_URL: "nowhere" is not an http/)
    expect(said()).not.toContain('    at ')
  })
})

describe('explains in a sentence', () => {
  it('a port in use', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const address = other.address()
    const port = address && typeof address === 'object' ? address.port : 0
    const said = await saidOf({ port })
    expect(said).toMatch(new RegExp(`Cannot listen on port ${port} .*in use.* Set PORT to another`))
    expect(said).not.toContain('    at ')
    other.close()
  })

  it('a damaged database', async () => {
    writeFileSync(join(dataDir, 'calls.db'), 'no database. '.repeat(1000))
    const said = await saidOf({})
    expect(said).toMatch(/calls\.db is damaged/)
    expect(said).not.toContain('    at ')
  })
})
