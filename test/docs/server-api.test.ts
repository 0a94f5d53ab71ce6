/** The docs' clients of the server API, against a service. */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { startService, type TestService } from '../support/service'
import { respond, ring } from '../server/service/call'

const FOLDER = join(__dirname, '../../docs/server-api')
const APP_SECRET = 'secret'
let running: TestService
beforeAll(async () => (running = await startService({ appSecret: APP_SECRET })))
afterAll(() => running.close())

async function command(program: readonly string[], ...args: string[]): Promise<{ stdout: string; stderr: string }> {
  const [file = '', ...rest] = program
  const env = { ...process.env, APP_SECRET, SERVICE: running.url }
  return await promisify(execFile)(file, [...rest, ...args], { cwd: FOLDER, env })
}

test('server-api.md lists every operation', async () => {
  const { paths } = await (await fetch(`${running.url}/server/v1/openapi.json`)).json()
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods ?? {}).map((method) => `${method.toUpperCase()} ${path}`),
  )
  const page = readFileSync(`${FOLDER}.md`, 'utf8')
  const rows = [...page.matchAll(/^\| `([A-Z]+ \/server[^`]+)` \|/gm)].map(([, row]) => row)
  expect(new Set(rows)).toEqual(new Set(operations))
})

test.each([
  ['Node', [process.execPath, 'server-api.mjs']],
  ['Python', ['python3', 'server_api.py']],
])('the client in %s sees a call, has it recorded, and ends it', async (_, program) => {
  const ringing = await ring(running)
  const { alice, bob, cid } = ringing
  await respond(ringing)
  const { stdout } = await command(program, 'GET', '/calls?state=running')
  expect(JSON.parse(stdout)).toMatchObject({ calls: [{ cid, caller: 'alice', state: 'active' }], next: null })
  const order = { audio: true, video: true, live: false, type: '0', hostSpeaker: false }
  await command(program, 'PUT', `/calls/${cid}/members/alice/recording`, JSON.stringify(order))
  expect(await bob.next('message')).toMatchObject({ from: 'alice' })
  expect((await command(program, 'POST', `/calls/${cid}/end`)).stdout.trim()).toBe('null')
  await alice.next('notifyHangup')
  await expect(command(program, 'POST', `/calls/${cid}/end`)).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining(`404 cid: there is no running call ${cid}`),
  })
  for (const phone of [alice, bob]) phone.cut()
})
