import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { until } from '../../support/until'

const ROOT = join(__dirname, '../../..')
let dataDir: string
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'main-'))
})
afterEach(() => rmSync(dataDir, { recursive: true }))

/** The service as a process of its own. */
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

describe('the service as a process', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('says where it is, and stops on %s within seconds', async (signal) => {
    const { child, said, exit } = run({})
    await until(() => said().includes('DEV_TOKENS'), 'the greeting')
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(said())?.[0]
    const watching = await fetch(`${url}/api/events`)
    const asked = Date.now()
    child.kill(signal)
    expect(await exit()).toBe(0)
    expect(Date.now() - asked).toBeLessThan(5_000)
    await watching.body?.cancel().catch(() => undefined)
  })

  it('names a bad value, a port that is taken, a damaged database, and exits with 1', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const address = other.address()
    const port = String(address && typeof address === 'object' ? address.port : 0)
    const badDir = join(dataDir, 'bad')
    const damaged = mkdtempSync(join(tmpdir(), 'main-'))
    writeFileSync(join(damaged, 'calls.db'), 'no database. '.repeat(1000))
    const cases = [
      { started: run({ CALLBACK_URL: 'nowhere', DATA_DIR: badDir }), words: /^CALLBACK_URL: "nowhere" is not an http/ },
      {
        started: run({}, ['--port', port]),
        words: new RegExp(`Cannot listen on port ${port} .*in use.* Set PORT to another`),
      },
      { started: run({ DATA_DIR: damaged }), words: /calls\.db is damaged/ },
    ]
    for (const { started, words } of cases) {
      expect(await started.exit()).toBe(1)
      expect(started.said()).toMatch(words)
      expect(started.said()).not.toContain('    at ')
    }
    other.close()
    rmSync(damaged, { recursive: true })
  })
})
