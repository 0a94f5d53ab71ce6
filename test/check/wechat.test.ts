/** `npm run preview` and `npm run upload` as processes, against a fake of WeChat's server. */
import { spawn } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { qrCode } from '../../preview/qr-code'
import { runCi } from '../../scripts/miniprogram-ci/run'
import { readAccount, type Account } from '../../scripts/wechat/account'
import { explain, type Failure } from '../../scripts/wechat/explain'
import { readOrders, type Command } from '../../scripts/wechat/orders'
import { Refusal } from '../../scripts/wechat/refusal'
import { send } from '../../scripts/wechat/send'
import { wordsOn } from '../../scripts/wechat/sent'
import { fakeWechat, type FakeWechat } from '../support/fake-wechat'
import { drawBlocks, pngOf, readCode } from '../support/qr-picture'

const ROOT = join(__dirname, '../..')
const APP = 'wx0123456789abcdef'
/** The tests' options, which direct miniprogram-ci to the fake. */
const NODE_OPTIONS = `${process.env['NODE_OPTIONS'] ?? ''} --require ${join(ROOT, 'test/support/to-fake-wechat.cjs')}`
// miniprogram-ci takes seconds to start and to compile.
jest.setTimeout(120_000)

/** A small project that compiles fast. */
let project: string
let wechat: FakeWechat
beforeAll(async () => {
  wechat = await fakeWechat(APP)
})
afterAll(() => wechat.close())
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'wechat-'))
  for (const folder of ['scripts', 'node_modules']) symlinkSync(join(ROOT, folder), join(project, folder))
  copyFileSync(join(ROOT, 'project.config.json'), join(project, 'project.config.json'))
  put('package.json', JSON.stringify({ version: '1.2.3', description: 'Calls', type: 'module' }))
  put('miniprogram/app.json', JSON.stringify({ pages: ['pages/one/one'] }))
  put('miniprogram/app.ts', 'App({})')
  put('miniprogram/pages/one/one.ts', "const words: string = 'hello'\nPage({ data: { words } })")
  put('miniprogram/pages/one/one.wxml', '<view>{{words}}</view>')
  put('miniprogram/pages/one/one.json', '{}')
})
afterEach(() => rmSync(project, { recursive: true, force: true }))

function put(name: string, content: string): void {
  mkdirSync(dirname(join(project, name)), { recursive: true })
  writeFileSync(join(project, name), content)
}
const putKey = (): void => put(`private.${APP}.key`, wechat.key)

interface Run {
  args?: string[]
  env?: Record<string, string>
}
function start(command: Command, { args = [], env = {} }: Run) {
  return spawn(process.execPath, ['--import', 'tsx', 'scripts/wechat/main.ts', command, ...args], {
    cwd: project,
    env: { PATH: process.env['PATH'], NODE_OPTIONS, FAKE_WECHAT: wechat.url, ...env },
  })
}
async function run(command: Command, options: Run = {}) {
  const child = start(command, options)
  let printed = ''
  let said = ''
  child.stdout.on('data', (data: Buffer) => (printed += data.toString()))
  child.stderr.on('data', (data: Buffer) => (said += data.toString()))
  const [code] = await once(child, 'close')
  const lines = said.split('\n').filter((line) => line !== '' && !line.startsWith('•'))
  return { code, printed, lines }
}

describe('rejected before uploading', () => {
  test.each<[string, Run, RegExp]>([
    ['no app id', {}, /^✗ No app id is set\./],
    [
      'a folder for the code that is a file',
      { env: { WECHAT_APPID: APP }, args: ['--qr', 'package.json/code.jpg'] },
      /^✗ The QR code cannot be written into .*package\.json \((EEXIST|ENOTDIR)\)/,
    ],
  ])('%s: one line and exit code 1', async (_name, options, sentence) => {
    putKey()
    const { code, printed, lines } = await run('preview', options)
    expect({ code, printed, lines }).toEqual({ code: 1, printed: '', lines: [expect.stringMatching(sentence)] })
  })

  const id = { WECHAT_APPID: APP }
  test.each<[string, Record<string, string>, () => void, RegExp]>([
    [
      'no app id',
      {},
      () => {},
      /^No app id is set\. Set WECHAT_APPID=wx…, or write .* into project\.private\.config\.json\./,
    ],
    ['a wrong app id', { WECHAT_APPID: 'wx123' }, () => {}, /^"wx123" is not an app id: one is wx and 16/],
    [
      'a private config that is broken',
      {},
      () => put('project.private.config.json', '{'),
      /^project\.private\.config\.json is not JSON/,
    ],
    [
      'no key',
      id,
      () => {},
      /^There is no upload key at .*private\.wx0123456789abcdef\.key\. Put it there, or name it by WECHAT_KEY\./,
    ],
    [
      'a key that is not there',
      { ...id, WECHAT_KEY: 'no.key' },
      () => {},
      /^There is no upload key at .*no\.key\. Download/,
    ],
    [
      'a key that cannot be read',
      { ...id, WECHAT_KEY: 'folder' },
      () => mkdirSync(join(project, 'folder')),
      /^The upload key .*folder cannot be read \(EISDIR\)/,
    ],
    [
      'a key that is none',
      { ...id, WECHAT_KEY: 'bad.key' },
      () => put('bad.key', 'secret words'),
      /^(?!.*secret words).*bad\.key is not an upload key: it must hold an RSA private key/,
    ],
    [
      'a key of another kind',
      { ...id, WECHAT_KEY: 'ec.key' },
      () => put('ec.key', ellipticKey()),
      /^.*ec\.key is not an upload key/,
    ],
  ])('%s', (_name, env, prepare, sentence) => {
    prepare()
    expect(() => readAccount(env, project)).toThrow(
      expect.objectContaining({ name: 'Refusal', message: expect.stringMatching(sentence) }),
    )
  })

  test.each<[string, Command, string[], string]>([
    [
      'an unknown option',
      'preview',
      ['--versoin', '2'],
      "Unknown option '--versoin'. Options: --description … --qr … --robot …",
    ],
    [
      'a word too many',
      'upload',
      ['1.2.0'],
      "Unexpected argument '1.2.0'. This command does not take positional arguments. Options: --version … --description … --robot …",
    ],
    ['a robot that does not exist', 'preview', ['--robot', '31'], '--robot "31" is not a number from 1 to 30.'],
    [
      'a version that is none',
      'upload',
      ['--version', 'new one'],
      '--version "new one" is not like 1.2.0 (letters, digits, dots).',
    ],
  ])('%s', (_name, command, args, sentence) => {
    expect(() => readOrders(command, args, {})).toThrow(new Refusal(sentence))
  })
})

test('a preview is uploaded, with its QR code in the terminal and in a file', async () => {
  const link = 'https://mp.weixin.qq.com/a/~~preview'
  const picture = pngOf(drawBlocks(qrCode(link, false)))
  wechat.answer({
    errCode: 0,
    body: { qrcode_img: picture.toString('base64'), subpackage_info: [{ name: '__APP__', size: 285_000 }] },
  })
  put('project.private.config.json', JSON.stringify({ appid: APP }))
  putKey()
  const before = readdirSync(project)
  const { code, printed, lines } = await run('preview', { args: ['--qr', 'out/code.png'] })
  expect(readdirSync(project).filter((name) => !before.includes(name))).toEqual(['out'])
  expect(lines.join('\n')).toMatch(/main package +278\.3 KB\n✓ Scan it with WeChat.* It is in out\/code\.png, too\./)
  expect(code).toBe(0)
  expect(readFileSync(join(project, 'out/code.png')).equals(picture)).toBe(true)
  expect(await readCode(drawBlocks(terminalBlocks(printed)))).toBe(link)
  const sent = wechat.packages.at(-1)
  expect(sent?.path).toMatch(/testSourceURL$/)
  expect(sent?.content.includes('pages/one/one.js')).toBe(true)
  expect(sent?.content.includes('PRIVATE KEY')).toBe(false)
})

/** Runs code with miniprogram-ci directed to the fake. */
async function towardsFake<T>(does: () => Promise<T>): Promise<T> {
  const before = { ...process.env }
  Object.assign(process.env, { NODE_OPTIONS, FAKE_WECHAT: wechat.url })
  try {
    return await does()
  } finally {
    process.env = before
  }
}
/** The result of these orders, in one process of miniprogram-ci. */
async function deliver(orders: object[]): Promise<Delivered[]> {
  const module = pathToFileURL(join(ROOT, 'scripts/wechat/deliver.mjs')).href
  const work = { module, name: 'deliver', orders }
  return (await towardsFake(() => runCi<{ answers: Delivered[] }>('test/support/miniprogram-ci.mjs', work))).answers
}
interface Delivered {
  sizes?: unknown[]
  failure?: Failure
}

test('uploads: accepted, refused by WeChat, and not compiling', async () => {
  putKey()
  const manifest = { version: '1.2.3', description: 'Calls' }
  const orders = readOrders('upload', ['--description', 'A try'], manifest)
  const upload = { ...orders, ...readAccount({ WECHAT_APPID: APP }, project), project }
  const broken = join(project, 'broken')
  put('broken/project.config.json', readFileSync(join(project, 'project.config.json'), 'utf8'))
  put('broken/miniprogram/app.json', JSON.stringify({ pages: ['pages/two/two'] }))
  const before = wechat.packages.length
  wechat.answer({ errCode: 0, body: {} }, { errCode: -10008, errMsg: 'invalid ip: 203.0.113.7, reference: …' })
  const [taken, refused, uncompiled] = await deliver([upload, upload, { ...upload, project: broken }])
  const said = (delivered: Delivered | undefined): string => explain(delivered?.failure ?? never, APP)
  expect(taken).toEqual({ sizes: [], qrCode: '' })
  expect(said(refused)).toMatch(/^WeChat does not take uploads from this address \(203\.0\.113\.7\): add it/)
  expect(said(uncompiled)).toMatch(/^The mini-program does not compile: .*pages\/two\/two/s)
  const sent = wechat.packages.slice(before)
  expect(sent.map(({ path }) => path)).toEqual([expect.stringMatching(/\/upload$/), expect.stringMatching(/\/upload$/)])
  const [{ query } = { query: new URLSearchParams() }] = sent
  expect(Object.fromEntries(query)).toMatchObject({ appid: APP, version: '1.2.3', desc: 'A try', robot: '1' })
})
const never: Failure = { code: null, message: 'it was sent' }

const account = (): Account => ({ appId: APP, keyFile: join(project, `private.${APP}.key`) })

describe('sending', () => {
  const orders = { command: 'upload', version: '1', description: '', qrFile: '', robot: 1 } as const

  test('times out if WeChat does not answer', async () => {
    // No answer arrives within a millisecond.
    await expect(send(orders, account(), project, 1)).rejects.toThrow(/^WeChat has not answered for/)
  })

  test('explains a missing network in a sentence', async () => {
    putKey()
    wechat.break('/getrandstr')
    await expect(towardsFake(() => send(orders, account(), project))).rejects.toThrow(
      expect.objectContaining({
        name: 'Refusal',
        message: expect.stringMatching(
          /^servicewechat\.com cannot be reached \((ECONNRESET|socket hang up)\)\. Connect/,
        ),
      }),
    )
  })
})

test('leaves no files when it is stopped', async () => {
  putKey()
  put('temporary/.keep', '')
  const before = readdirSync(project)
  const compiled = wechat.ignore('/getwhiteextlist')
  const child = start('upload', { env: { WECHAT_APPID: APP, TMPDIR: join(project, 'temporary') } })
  await compiled
  child.kill('SIGTERM')
  expect(await once(child, 'close')).toEqual([null, 'SIGTERM'])
  expect(readdirSync(project)).toEqual(before)
  expect(readdirSync(join(project, 'temporary')).filter((name) => !name.startsWith('tsx-'))).toEqual(['.keep'])
})

test("a QR code that cannot be read from WeChat's image is still in the file", () => {
  const orders = { ...readOrders('preview', [], { version: '1' }), qrFile: 'dist/code.jpg' }
  expect(wordsOn({ sizes: [], qrCode: '' }, orders)).toEqual([
    '✓ The QR code is in dist/code.jpg: scan it with WeChat, signed in as a member of the mini-program.',
  ])
})

/** Errors as seen from miniprogram-ci 2.1 and WeChat. */
test.each([
  [20_001, 'Error: getaddrinfo ENOTFOUND servicewechat.com', /cannot be reached \(ENOTFOUND\)/],
  [20_001, 'Error: tunneling socket could not be established, statusCode=407', /cannot be reached .*HTTPS_PROXY/],
  [
    20_003,
    'Error: self-signed certificate in certificate chain',
    /certificate of servicewechat\.com cannot be trusted/,
  ],
  [
    20_003,
    'Error: {"errCode":-10008,"errMsg":"invalid ip: 2408:820c::e6a, reference: https://developers.weixin.qq.com/miniprogram/dev/devtools/ci.html"}',
    /from this address \(2408:820c::e6a\)/,
  ],
  [
    20_003,
    'Error: {"errCode":-1,"errMsg":"inner upload fail with errcode: 80200, errmsg: main package source size 2062KB exceed max limit 2MB"}',
    /too large for WeChat \(main package source size 2062KB, at most 2MB\)/,
  ],
  [20_003, 'Error: {"errCode":-1,"errMsg":"get new ticket fail: innerCode: -80002"}', /key is not the one of wx0/],
  [20_001, 'Error: errCode: 40013; errMsg: invalid appid', /knows no mini-program wx0123456789abcdef/],
  [
    20_003,
    'Error: {"errCode":-80011,"errMsg":"the \\"new\\" thing"}',
    /^WeChat refused it \(20003\): the "new" thing$/,
  ],
  [10_009, 'app.json: ["pages"] should not be empty', /does not compile: app\.json: \["pages"\]/],
  [null, 'something else', /^WeChat refused it: something else$/],
])('%s %s', (code, message, sentence) => {
  expect(explain({ code, message }, APP)).toMatch(sentence)
})

const ellipticKey = (): string =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()

/** miniprogram-ci draws a module as two spaces on black or white; here as half blocks, two rows per line. */
function terminalBlocks(printed: string): string[] {
  const rows = printed
    .split('\n')
    .filter((line) => line.includes('\u001b[4'))
    .map((line) => [...line.matchAll(/\[4([07])m {2}/g)].map(([, ground]) => ground === '7'))
  const blank = (rows[0] ?? []).map(() => true)
  // The first half line is the terminal's background: see drawBlocks.
  const halves = [blank, ...rows, blank]
  return Array.from({ length: Math.floor(halves.length / 2) }, (_, line) =>
    blank
      .map((_white, column) => block(halves[2 * line]?.[column] ?? true, halves[2 * line + 1]?.[column] ?? true))
      .join(''),
  )
}
const block = (upper: boolean, lower: boolean): string => (upper ? (lower ? '█' : '▀') : lower ? '▄' : ' ')
