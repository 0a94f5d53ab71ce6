/** `npm run preview` and `npm run upload`, as processes of their own, against a server that answers as WeChat does. */
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
import { qrCode } from '../../preview/qr-code'
import { readAccount } from '../../scripts/wechat/account'
import { explain } from '../../scripts/wechat/explain'
import { readOrders, type Command } from '../../scripts/wechat/orders'
import { Refusal } from '../../scripts/wechat/refusal'
import { send } from '../../scripts/wechat/send'
import { wordsOn } from '../../scripts/wechat/sent'
import { fakeWechat, type FakeWechat } from '../support/fake-wechat'
import { drawBlocks, pngOf, readCode } from '../support/qr-picture'

const ROOT = join(__dirname, '../..')
const APP = 'wx0123456789abcdef'
const TO_FAKE = `--require ${join(ROOT, 'test/support/to-fake-wechat.cjs')}`
/** miniprogram-ci's cold start and compile take their time. */
const COMPILE_TIME = 120_000
/** Where nobody listens. */
const NOWHERE = 'http://127.0.0.1:1'

/** A small project, which compiles fast. */
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
    env: { PATH: process.env['PATH'], NODE_OPTIONS: TO_FAKE, FAKE_WECHAT: wechat.url, ...env },
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

describe('refused before anything is sent', () => {
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

describe('sent', () => {
  test(
    'a preview: the code in the terminal and in a file',
    async () => {
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
      expect(lines.join('\n')).toMatch(
        /main package +278\.3 KB\n✓ Scan it with WeChat.* It is in out\/code\.png, too\./,
      )
      expect(code).toBe(0)
      expect(readFileSync(join(project, 'out/code.png')).equals(picture)).toBe(true)
      expect(await readCode(drawBlocks(terminalBlocks(printed)))).toBe(link)
      const sent = wechat.packages.at(-1)
      expect(sent?.path).toMatch(/testSourceURL$/)
      expect(sent?.content.includes('pages/one/one.js')).toBe(true)
      expect(sent?.content.includes('PRIVATE KEY')).toBe(false)
    },
    COMPILE_TIME,
  )

  test(
    'an upload: version and description, from package.json or as given',
    async () => {
      wechat.answer({ errCode: 0, body: {} })
      putKey()
      const { code, lines } = await run('upload', { env: { WECHAT_APPID: APP }, args: ['--description', 'A try'] })
      expect([code, ...lines]).toEqual([0, '✓ Version 1.2.3 is in the console, among the development versions.'])
      const { path, query } = wechat.packages.at(-1) ?? { query: new URLSearchParams() }
      expect(path).toMatch(/\/upload$/)
      expect(Object.fromEntries(query)).toMatchObject({ appid: APP, version: '1.2.3', desc: 'A try', robot: '1' })
    },
    COMPILE_TIME,
  )
})

describe('refused by WeChat or the network', () => {
  test(
    'an address that is not on the white list',
    async () => {
      wechat.answer({ errCode: -10008, errMsg: 'invalid ip: 203.0.113.7, reference: https://developers.weixin.qq.com' })
      putKey()
      const { code, lines } = await run('upload', { env: { WECHAT_APPID: APP } })
      expect(lines).toEqual([
        expect.stringMatching(/^✗ WeChat does not take uploads from this address \(203\.0\.113\.7\): add it/),
      ])
      expect(code).toBe(1)
    },
    COMPILE_TIME,
  )

  test(
    'no network',
    async () => {
      putKey()
      const { code, lines } = await run('preview', { env: { WECHAT_APPID: APP, FAKE_WECHAT: NOWHERE } })
      expect(lines).toEqual([
        expect.stringMatching(/^✗ servicewechat\.com cannot be reached \(ECONNREFUSED\)\. Connect/),
      ])
      expect(code).toBe(1)
    },
    COMPILE_TIME,
  )
})

test(
  'a mini-program that does not compile is sent nowhere',
  async () => {
    putKey()
    put('miniprogram/app.json', JSON.stringify({ pages: ['pages/two/two'] }))
    const before = wechat.packages.length
    const { code, lines } = await run('upload', { env: { WECHAT_APPID: APP } })
    expect(lines.join('\n')).toMatch(/^✗ The mini-program does not compile: .*pages\/two\/two/s)
    expect(code).toBe(1)
    expect(wechat.packages).toHaveLength(before)
  },
  COMPILE_TIME,
)

test(
  'a server that is silent is not waited for without end',
  async () => {
    putKey()
    const orders = { command: 'upload', version: '1', description: '', qrFile: '', robot: 1 } as const
    const account = { appId: APP, keyFile: join(project, `private.${APP}.key`) }
    const before = { ...process.env }
    Object.assign(process.env, { NODE_OPTIONS: TO_FAKE, FAKE_WECHAT: wechat.url })
    void wechat.ignore('/getrandstr')
    try {
      await expect(send(orders, account, project, 2_000)).rejects.toThrow(/^WeChat has not answered for/)
    } finally {
      process.env = before
    }
  },
  COMPILE_TIME,
)

test(
  'stopped half way it leaves nothing behind',
  async () => {
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
  },
  COMPILE_TIME,
)

test("a code that cannot be read out of WeChat's picture is in the file", () => {
  const orders = { ...readOrders('preview', [], { version: '1' }), qrFile: 'dist/code.jpg' }
  expect(wordsOn({ sizes: [], qrCode: '' }, orders)).toEqual([
    '✓ The QR code is in dist/code.jpg: scan it with WeChat, signed in as a member of the mini-program.',
  ])
})

/** As they were seen from miniprogram-ci 2.1 and WeChat. */
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

/** miniprogram-ci draws a module as two spaces on a ground of black or white; here as half blocks, two rows a line. */
function terminalBlocks(printed: string): string[] {
  const rows = printed
    .split('\n')
    .filter((line) => line.includes('\u001b[4'))
    .map((line) => [...line.matchAll(/\[4([07])m {2}/g)].map(([, ground]) => ground === '7'))
  const blank = (rows[0] ?? []).map(() => true)
  // The first half line is the terminal's own ground: see drawBlocks.
  const halves = [blank, ...rows, blank]
  return Array.from({ length: Math.floor(halves.length / 2) }, (_, line) =>
    blank
      .map((_white, column) => block(halves[2 * line]?.[column] ?? true, halves[2 * line + 1]?.[column] ?? true))
      .join(''),
  )
}
const block = (upper: boolean, lower: boolean): string => (upper ? (lower ? '█' : '▀') : lower ? '▄' : ' ')
