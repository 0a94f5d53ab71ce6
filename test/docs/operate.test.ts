/** The files for operators name what exists. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startService } from '../support/service'
import { until } from '../support/until'

const ROOT = join(__dirname, '../..')
const read = (name: string): string => readFileSync(join(ROOT, 'docs', name), 'utf8')
const variables = new Set([...read('service.md').matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, name]) => name))

test('the variables in the unit, the image and the compose file are the service’s', () => {
  const named = [
    ...read('operate/netcall.service').matchAll(/^(?:Environment=|# Settings.*: )(.+)$/gm),
    ...read('operate/Dockerfile').matchAll(/^(?:ENV )(.+)$/gm),
    ...read('operate/compose.yaml').matchAll(/^ {6}(PUBLIC_URL):|^# Settings.*: (.+)$/gm),
  ].flatMap(([, one = '', other = '']) =>
    [...`${one} ${other}`.matchAll(/\b[A-Z]+_[A-Z]+\b|\bHOST\b/g)].map(([name]) => name),
  )
  expect(named.length).toBeGreaterThan(8)
  expect(named.filter((name) => !variables.has(name))).toEqual([])
})

test('the dashboard shows metrics that the service has', async () => {
  const running = await startService()
  // The first request is measured after its answer.
  await fetch(`${running.url}/healthz`)
  const text = await (await fetch(`${running.url}/metrics`)).text()
  await running.close()
  const shown = [...read('operate/grafana.json').matchAll(/\b(?:netcall|nodejs|process)_\w+/g)].map(([name]) => name)
  expect(new Set(shown).size).toBeGreaterThan(12)
  expect(shown.filter((name) => !new RegExp(`^# TYPE ${name.replace(/_bucket$/, '')} `, 'm').test(text))).toEqual([])
})

let child: ChildProcess | null = null
afterEach(() => {
  child?.kill('SIGKILL')
  child = null
})

test('the files of the image are enough to run the service', async () => {
  const dockerfile = read('operate/Dockerfile')
  const copied = [...dockerfile.matchAll(/^COPY (.+) \S+$/gm)].flatMap(([, names = '']) => names.split(' '))
  const kept = [...read('operate/Dockerfile.dockerignore').matchAll(/^!(.+)$/gm)].map(([, name]) => name)
  expect(kept).toEqual(copied)
  const [command = '', ...args]: string[] = JSON.parse(/^CMD (\[.*\])$/m.exec(dockerfile)?.[1] ?? '[]')
  const folder = mkdtempSync(join(tmpdir(), 'image-'))
  for (const name of copied) cpSync(join(ROOT, name), join(folder, name), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  const env = { ...process.env, PORT: '0', RTMP_PORT: '0', DATA_DIR: join(folder, 'data') }
  const service = spawn(command, args, { cwd: folder, env, stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child = service
  service.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  await until(() => said.includes('The call service is at') || service.exitCode !== null, 'the service')
  const url = /at (http\S+)/.exec(said)?.[1] ?? ''
  expect((await fetch(`${url}/healthz`)).status).toBe(200)
  service.kill('SIGTERM')
  expect(await once(service, 'exit')).toEqual([0, null])
  rmSync(folder, { recursive: true })
})
