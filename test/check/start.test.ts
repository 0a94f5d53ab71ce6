/** `npm start`, its option `--lan`, and MINIPROGRAM. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import type { NetworkInterfaceInfo } from 'node:os'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { greeting, type GreetingOptions } from '../../preview/greeting'
import { qrCode } from '../../preview/qr-code'
import { startPreview } from '../../preview/start'
import { lanHosts } from '../../server/addresses'
import { FIXTURE } from '../preview/support/fixture'
import { drawBlocks, readCode } from '../support/qr-picture'
import { until } from '../support/until'

// A preview starts in seconds, and more slowly under load.
jest.setTimeout(120_000)

const ROOT = join(__dirname, '../..')
const LAN: GreetingOptions = { lan: true, devTokens: true, colours: false }

function listening(lan: string[]): Parameters<typeof greeting>[0] {
  const local = 'http://127.0.0.1:8360'
  return { port: 8360, rtmpPort: 1935, url: local, addresses: { local, lan, public: lan[0] ?? local } }
}
/** The lines of the QR code in a text. */
function codeIn(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => /^ {2}[█▄▀][█▄▀ ]+$/.test(line))
    .map((line) => line.slice(2))
}
function card(address: string, family: 'IPv4' | 'IPv6' = 'IPv4', internal = false): NetworkInterfaceInfo {
  const rest = { address, netmask: '', mac: '', internal, cidr: null }
  return family === 'IPv4' ? { ...rest, family } : { ...rest, family, scopeid: 0 }
}

test.each(['http://192.168.1.20:8360', 'http://10.1.2.3:65535'])('the code carries the address %s', async (address) => {
  const said = greeting(listening([address, 'http://172.17.0.1:8360']), LAN)
  expect(await readCode(drawBlocks(codeIn(said)))).toBe(address)
  expect(said).toContain(address)
  expect(said).toContain('http://172.17.0.1:8360')
})

test('prints the QR code white on black in any terminal', () => {
  const address = 'http://192.168.1.20:8360'
  const coloured = greeting(listening([address]), { ...LAN, colours: true }).split('\n')
  const code = coloured.filter((line) => line.startsWith('  \u001b[97;40m') && line.endsWith('\u001b[0m'))
  expect(code).toHaveLength(codeIn(greeting(listening([address]), LAN)).length)
})

test.each([
  [true, 'may sign in as anybody'],
  [false, 'Signing in by name is off:  DEV_TOKENS=on'],
])('prints who may sign in (development tokens: %s)', (devTokens, sentence) => {
  expect(greeting(listening(['http://192.168.1.20:8360']), { ...LAN, devTokens })).toContain(sentence)
})

test('reports a missing network only if it was asked for', () => {
  expect(greeting(listening([]), LAN)).toContain('connect this computer to their network')
  expect(greeting(listening([]), { ...LAN, lan: false })).not.toContain('network')
})

test('lists addresses that phones can reach first, without loopback and IPv6', () => {
  const hosts = lanHosts({
    lo: [card('127.0.0.1', 'IPv4', true)],
    docker0: [card('172.17.0.1')],
    wlan0: [card('fe80::1', 'IPv6'), card('192.168.1.20')],
  })
  expect(hosts).toEqual(['192.168.1.20', '172.17.0.1'])
})

test('listens on the network, gives a phone a token, and prints the way; pages show the mini-program', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lan-'))
  const program = ['--import', 'tsx', 'preview/main.ts', '--no-open', '--lan']
  const env = { ...process.env, PORT: '0', RTMP_PORT: '0', DATA_DIR: folder, MINIPROGRAM: FIXTURE }
  const child = spawn(process.execPath, program, { cwd: ROOT, env })
  let said = ''
  child.stdout.on('data', (data: Buffer) => (said += data.toString()))
  child.stderr.resume()
  try {
    await until(() => said.includes('Ctrl+C'), 'the greeting')
    const port = /127\.0\.0\.1:(\d+)/.exec(said)?.[1]
    const [host] = lanHosts(networkInterfaces())
    // Without a network a machine has only loopback addresses.
    const address = `http://${host ?? '127.0.0.1'}:${port}`
    expect(said).toContain(host === undefined ? 'No address for phones' : address)
    // The decoder fails at some codes, and the port is always a new one; decoding is tested above.
    expect(codeIn(said)).toEqual(host === undefined ? [] : qrCode(address, false))
    const answer = await fetch(`${address}/api/tokens`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ account: 'alice' }),
    })
    expect(answer.status).toBe(200)
    expect(await (await fetch(`${address}/`)).text()).toContain('<html')
    // Where Vite serves the plugin's output.
    const program = await fetch(`${address}/@id/__x00__virtual:miniprogram`)
    expect(await program.text()).toContain('pages/first/first')
  } finally {
    child.kill('SIGTERM')
    await once(child, 'exit')
    rmSync(folder, { recursive: true, force: true })
  }
})

test('rejects a folder without a mini-program', async () => {
  await expect(startPreview({ MINIPROGRAM: __dirname }, [])).rejects.toThrow(
    /^MINIPROGRAM: there is no app\.json in .*check$/,
  )
})

test('explains the usage for invalid arguments', () => {
  const program = ['--import', 'tsx', 'preview/main.ts', '--wlan']
  const { status, stderr } = spawnSync(process.execPath, program, { cwd: ROOT, encoding: 'utf8' })
  expect(stderr).toMatch(/^Unknown option '--wlan'\nOptions: --lan --no-open --host /)
  expect(status).toBe(1)
})
