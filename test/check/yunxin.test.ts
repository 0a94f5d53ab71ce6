/** `npm run yunxin`: accepted and rejected files, and its result. The IM SDK comes from a script here, not from npm. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const ROOT = join(__dirname, '../..')
const NETCALL = 'module.exports = { getInstance() {}, install() {}, destroy() {} }'
const NIM = 'module.exports = { use() {}, getInstance() {}, service: "initNetcall" }'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'yunxin-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** The command's output for that netcall file and that IM SDK. */
function install(netcall: string | null, nim = NIM): string {
  if (netcall !== null) writeFileSync(join(folder, 'netcall.js'), netcall)
  const script = JSON.stringify(new URL(`file://${join(ROOT, 'scripts/yunxin/install.mjs')}`).href)
  const code = `import { installSdks } from ${script}
    const [folder, nim] = process.argv.slice(1)
    await installSdks(folder + '/netcall.js', folder, () => nim).catch((error) => console.error('✗', error.message))`
  return spawnSync(process.execPath, ['--input-type=module', '-e', code, folder, nim], { encoding: 'utf8' }).stderr
}
const placed = (name: string): string => join(folder, 'miniprogram/yunxin/sdk', name)

test('both files are copied unchanged', () => {
  expect(install(`/*! VERSION: 7.7.0 */\n${NETCALL}`)).toMatch(
    /✓ netcall SDK 7\.7\.0\n✓ IM SDK 9\.21\.12\n✓ Both are in/,
  )
  expect(readFileSync(placed('netcall.js'), 'utf8')).toBe(`/*! VERSION: 7.7.0 */\n${NETCALL}`)
  expect(readFileSync(placed('nim.js'), 'utf8')).toBe(NIM)
})

test('git ignores the files', () => {
  const { status } = spawnSync('git', ['check-ignore', '-q', 'miniprogram/yunxin/sdk/netcall.js'], { cwd: ROOT })
  expect(status).toBe(0)
})

test.each([
  ['no file', null, NIM, /netcall\.js is not there\.\n.*not on npm/],
  ['the IM SDK', NIM, NIM, /is the IM SDK, which this command takes from npm: name the netcall file/],
  ['a text', 'Dear customer', NIM, /does not run in a mini-program \(Unexpected.*\)\.\n.*not on npm/],
  ['another file', 'module.exports = {}', NIM, /does not export Netcall\.getInstance/],
  ['a broken file', 'module.exports = {', NIM, /does not run in a mini-program \(Unexpected/],
  ["a browser's file", 'document.body', NIM, /does not run in a mini-program \(document is not defined\)/],
  ['an old one', `// version 6.5.0\n${NETCALL}`, NIM, /is netcall 6\.5\.0; this app is written for 7\.x/],
  ['an IM SDK without calls', NETCALL, 'module.exports = { use() {}, getInstance() {} }', /no service for calls/],
  ['an IM SDK without plug-ins', NETCALL, 'module.exports = {}', /does not export NIM\.use/],
])('%s: it reports it and writes nothing', (_name, netcall, nim, sentence) => {
  expect(install(netcall, nim)).toMatch(sentence)
  expect(existsSync(placed('nim.js')) || existsSync(placed('netcall.js'))).toBe(false)
})

test('without a path the command explains its usage, and ends with 1', () => {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/yunxin.mjs'], { cwd: ROOT, encoding: 'utf8' })
  expect(stderr).toMatch(/npm run yunxin -- <path to the file>/)
  expect(status).toBe(1)
})

test('existing files are kept if writing fails', () => {
  install(NETCALL)
  const newer = `/*! VERSION: 7.8.0 */\n${NETCALL}`
  mkdirSync(placed('netcall.js.new'))
  expect(install(newer, `${NIM}\n`)).toMatch(/✗ miniprogram\/yunxin\/sdk\/ cannot be written \(EISDIR\)/)
  expect(readFileSync(placed('nim.js'), 'utf8')).toBe(NIM)
  expect(readFileSync(placed('netcall.js'), 'utf8')).toBe(NETCALL)
  expect(readdirSync(placed('.')).sort()).toEqual(['netcall.js', 'nim.js'])
  expect(install(newer)).toMatch(/✓ Both are in/)
})

/** The command with a fake npm. */
function withNpm(script: string | null): { status: number | null; stderr: string; args: string } {
  writeFileSync(join(folder, 'netcall.js'), NETCALL)
  if (script !== null) writeFileSync(join(folder, 'npm'), `#!/bin/sh\n${script}`, { mode: 0o755 })
  const env = { PATH: folder, TMPDIR: folder, HERE: folder, NODE_OPTIONS: process.env['NODE_OPTIONS'] }
  const command = ['scripts/yunxin.mjs', join(folder, 'netcall.js')]
  const { status, stderr } = spawnSync(process.execPath, command, { cwd: ROOT, env, encoding: 'utf8' })
  const args = join(folder, 'args')
  return { status, stderr, args: existsSync(args) ? readFileSync(args, 'utf8') : '' }
}

describe('the IM SDK', () => {
  test("a missing network gives a sentence with npm's message, without its stack", () => {
    const { status, stderr, args } = withNpm(
      'echo "$@" > "$HERE/args"; printf "npm error code ENOTFOUND\\nnpm error     at ClientRequest.emit (node:events:1)\\n" >&2; exit 1',
    )
    expect(stderr).toMatch(
      /✗ .*npm could not reach its registry\. Connect to the network.*\n\nnpm error code ENOTFOUND\n\n$/,
    )
    expect(status).toBe(1)
    // Windows' shell splits paths at spaces, and a user's npm settings may disable lock files.
    expect(args).toMatch(/^install @yxim\/nim-web-sdk@9\.21\.12 --prefix \. --save --package-lock --ignore-scripts /)
    expect(readdirSync(folder).sort()).toEqual(['args', 'netcall.js', 'npm'])
  })

  test('a missing npm is reported', () => {
    const { status, stderr } = withNpm(null)
    expect(stderr).toContain('✗ npm was not found')
    expect(status).toBe(1)
  })
})
