/** The docs' receiver reminds callees by WeChat's subscription message; with a fake of WeChat's server. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { signCallback } from '../../server/callback/signature'
import { until } from '../support/until'

const RECEIVER = join(__dirname, '../../docs/receiver/receiver.mjs')
const APP = { appKey: 'key', appSecret: 'secret' }
const EVENT = {
  eventType: 'unreachable',
  channelId: '42',
  createtime: '1763830000000',
  type: 'VEDIO',
  fromAccount: 'alice',
  toAccountList: ['bob', 'carol'],
  forceKeepCalling: true,
}

/** Requests by path with their bodies, and the answers to come: tokens are "token-1", "token-2" … */
let asked: Array<{ path: string; body: Record<string, unknown> }>
let answers: object[]
let wechat: Server
let child: ChildProcess
let said: string
let url: string

beforeEach(async () => {
  asked = []
  answers = []
  said = ''
  let tokens = 0
  wechat = createServer(async (request, response) => {
    let body = ''
    for await (const part of request) body += String(part)
    asked.push({ path: request.url ?? '', body: JSON.parse(body) })
    const isToken = request.url === '/cgi-bin/stable_token'
    const answer = isToken
      ? { access_token: `token-${++tokens}`, expires_in: 7200 }
      : (answers.shift() ?? { errcode: 0 })
    response.end(JSON.stringify(answer))
  }).listen(0, '127.0.0.1')
  await once(wechat, 'listening')
  const address = wechat.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const env = {
    ...process.env,
    APP_KEY: APP.appKey,
    APP_SECRET: APP.appSecret,
    PORT: '0',
    WECHAT_API: `http://127.0.0.1:${port}`,
    WECHAT_APP_ID: 'wx1',
    WECHAT_APP_SECRET: 'its secret',
    WECHAT_TIMEOUT: '60000',
    WECHAT_TEMPLATE: 'template-1',
    OPEN_IDS: '{"bob":"open-bob"}',
  }
  child = spawn(process.execPath, [RECEIVER], { env, stdio: ['ignore', 'pipe', 'ignore'] })
  child.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()))
  await until(() => said.includes('listening on'), 'the receiver to listen')
  url = `http://127.0.0.1:${/listening on (\d+)/.exec(said)?.[1]}/`
})
afterEach(async () => {
  child.kill()
  await once(child, 'exit')
  wechat.close()
  wechat.closeAllConnections()
})

async function send(id = '42-a'): Promise<number> {
  const body = JSON.stringify(EVENT)
  const headers = signCallback({ callbackId: id, body }, APP)
  return (await fetch(url, { method: 'POST', headers, body })).status
}
const told = async (): Promise<object> => {
  await until(() => said.includes('"reminded"'), 'what the receiver tells')
  return JSON.parse(/^\{.*"reminded".*$/m.exec(said)?.[0] ?? '{}').reminded
}

test('a callee whose app is closed gets the message; one without an openid does not', async () => {
  expect(await send()).toBe(200)
  expect(await told()).toEqual({ bob: 'sent', carol: 'no openid' })
  expect(asked).toEqual([
    {
      path: '/cgi-bin/stable_token',
      body: { grant_type: 'client_credential', appid: 'wx1', secret: 'its secret', force_refresh: false },
    },
    {
      path: '/cgi-bin/message/subscribe/send?access_token=token-1',
      body: {
        touser: 'open-bob',
        template_id: 'template-1',
        page: 'pages/records/records',
        data: { thing1: { value: 'alice' }, thing2: { value: '视频通话' }, time3: { value: '2025-11-23 00:46' } },
      },
    },
  ])
  expect(await send('42-b')).toBe(200)
  expect(asked.at(-1)?.path).toContain('access_token=token-1')
  expect(asked).toHaveLength(3)
})

test('without the user’s consent the event is done with', async () => {
  answers = [{ errcode: 43101, errmsg: 'user refuse to accept the msg' }]
  expect(await send()).toBe(200)
  expect(await told()).toEqual({ bob: 'not agreed', carol: 'no openid' })
})

test('an access token that has expired is replaced once', async () => {
  answers = [{ errcode: 42001, errmsg: 'access_token expired' }]
  expect(await send()).toBe(200)
  expect(await told()).toEqual({ bob: 'sent', carol: 'no openid' })
  const tokens = asked.filter(({ path }) => path === '/cgi-bin/stable_token').map(({ body }) => body['force_refresh'])
  expect(tokens).toEqual([false, true])
})

test('after another failure the event is to be sent again', async () => {
  answers = [{ errcode: 47003, errmsg: 'argument invalid' }]
  expect(await send()).toBe(500)
  expect(await send()).toBe(200)
  expect(await told()).toEqual({ bob: 'sent', carol: 'no openid' })
})
