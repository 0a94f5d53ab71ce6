/** Tokens signed by the docs' examples: the service accepts them, and no others. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { startService, type TestService } from '../support/service'

const FOLDER = join(__dirname, '../../docs/token-server')
const APP_SECRET = 'a secret of both'
const PYTHON = spawnSync('python3', ['--version']).status === 0

let service: TestService
beforeAll(async () => {
  service = await startService({ appSecret: APP_SECRET, devTokens: false })
})
afterAll(() => service.close())

/** The result of the program's function for these arguments. */
function sign(language: string, ...args: Array<string | number>): string {
  const list = args.map((arg) => JSON.stringify(arg)).join(', ')
  const [program, code] =
    language === 'Node'
      ? [process.execPath, `import('./account-token.mjs').then((it) => console.log(it.accountToken(${list})))`]
      : ['python3', `from account_token import account_token; print(account_token(${list}))`]
  const options = { cwd: FOLDER, encoding: 'utf8', env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' } } as const
  const { stdout, stderr } = spawnSync(program, [language === 'Node' ? '-e' : '-c', code], options)
  if (stdout === '') throw new Error(stderr)
  return stdout.trim()
}
async function statusWith(token: string): Promise<number> {
  const { status } = await fetch(`${service.url}/api/calls`, { headers: { authorization: `Bearer ${token}` } })
  return status
}

describe.each(['Node', ...(PYTHON ? ['Python'] : [])])('%s', (language) => {
  test("a token signed with the service's APP_SECRET signs in", async () => {
    expect(await statusWith(sign(language, 'alice', APP_SECRET))).toBe(200)
  })
  test('a token with another secret, or an expired one, does not sign in', async () => {
    expect(await statusWith(sign(language, 'alice', 'another secret'))).toBe(401)
    expect(await statusWith(sign(language, 'alice', APP_SECRET, -1))).toBe(401)
  })
})

test('the service gives no tokens without DEV_TOKENS', async () => {
  await expect(service.token('alice')).rejects.toThrow('dev-tokens-off')
})
