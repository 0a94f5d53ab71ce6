/** The docs' token server as a process, with a fake of NetEase's service. */
import { spawn, type ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'

const PROGRAM = join(__dirname, '../../docs/token-server/token-server.mjs')
const APP = { APP_KEY: 'key', APP_SECRET: 'secret' }

/** Every request: its action, its fields, and whether it has NetEase's signature. */
let asked: Array<{ action: string; fields: Record<string, string>; signed: boolean }>
let registered: Set<string>
let yunxin: Server
let child: ChildProcess
let url: string

beforeEach(async () => {
  asked = []
  registered = new Set(['old'])
  yunxin = createServer(async (request, response) => {
    let body = ''
    for await (const part of request) body += String(part)
    const { appkey, nonce, curtime, checksum } = request.headers
    const sum = createHash('sha1')
      .update(`${APP.APP_SECRET}${String(nonce)}${String(curtime)}`)
      .digest('hex')
    const fields = Object.fromEntries(new URLSearchParams(body))
    const action = request.url?.slice(1) ?? ''
    asked.push({ action, fields, signed: appkey === APP.APP_KEY && checksum === sum })
    const accid = fields['accid'] ?? ''
    const known = registered.has(accid)
    registered.add(accid)
    const code = action === 'user/create.action' && known ? 414 : 200
    response.end(JSON.stringify({ code, info: { token: `token-of-${accid}` } }))
  })
  yunxin.listen(0, '127.0.0.1')
  await once(yunxin, 'listening')
  const address = yunxin.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const env = { ...process.env, ...APP, ACCOUNTS: 'alice,old', PORT: '0', YUNXIN_API: `http://127.0.0.1:${port}` }
  child = spawn(process.execPath, [PROGRAM], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const { stdout } = child
  if (!stdout) throw new Error('the program has no output')
  const [line]: unknown[] = await once(stdout, 'data')
  url = /http\S+/.exec(String(line))?.[0] ?? ''
})
afterEach(async () => {
  child.kill()
  await once(child, 'exit')
  yunxin.close()
  yunxin.closeAllConnections()
})

async function ask(account: unknown): Promise<{ status: number; body: string }> {
  const answer = await fetch(url, { method: 'POST', body: JSON.stringify({ account }) })
  return { status: answer.status, body: await answer.text() }
}

test('issues tokens to accounts, and makes them friends', async () => {
  expect(await ask('alice')).toEqual({ status: 200, body: '{"token":"token-of-alice"}' })
  expect(await ask('old')).toEqual({ status: 200, body: '{"token":"token-of-old"}' })
  expect(asked.map(({ action }) => action)).toEqual([
    'user/create.action',
    'user/create.action',
    'user/refreshToken.action',
    'friend/add.action',
  ])
  expect(asked.at(-1)?.fields).toEqual({ accid: 'old', faccid: 'alice', type: '1' })
  expect(asked.every(({ signed }) => signed)).toBe(true)
  await ask('alice')
  expect(asked).toHaveLength(4)
})

test.each(['mallory', 5, null])('account %j gets none', async (account) => {
  const { status, body } = await ask(account)
  expect(status).toBe(403)
  expect(body).not.toContain(APP.APP_SECRET)
  expect(asked).toEqual([])
})
