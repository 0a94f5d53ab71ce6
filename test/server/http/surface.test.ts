import { rmSync } from 'node:fs'
import { request as httpRequest, type RequestListener } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { createLog } from '../../../server/log'
import { signCallback } from '../../../server/callback/signature'
import { advance, controlClock, useRealTime } from '../../support/clock'
import { startService, type TestService } from '../../support/service'
import { until } from '../../support/until'

const credentials = { appKey: 'my-app', appSecret: 'my-secret-text' }
let running: TestService
beforeAll(async () => {
  running = await startService(credentials)
})
afterAll(() => running.close())

const lowerCase = (headers: Record<string, string>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
const post = async (path: string, body: string, headers: Record<string, string> = {}) => {
  const response = await fetch(running.url + path, {
    method: 'POST',
    headers: new Headers({ 'content-type': 'application/json', ...lowerCase(headers) }),
    body,
  })
  return { status: response.status, body: await response.json() }
}
const failure = (status: number, code: string, field?: string) => ({
  status,
  body: { error: { code, message: expect.any(String), ...(field && { field }) } },
})
/** Opens an upgrade and returns the first line of the answer. */
const upgrade = (path: string, protocol?: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(running.port, '127.0.0.1', () => {
      const more = protocol ? `Sec-WebSocket-Protocol: ${protocol}\r\n` : ''
      socket.write(
        `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${more}\r\n`,
      )
    })
    let text = ''
    socket.on('data', (chunk) => (text += chunk.toString()))
    socket.on('close', () => resolve(text.split('\r\n')[0] ?? ''))
    socket.on('error', reject)
  })

const watch = (headers = {}) => {
  let text = ''
  const request = httpRequest(
    `${running.url}/api/events`,
    { headers: { origin: running.url, ...headers } },
    (response) => {
      response.on('data', (chunk: Buffer) => (text += chunk.toString()))
    },
  )
  const answered = new Promise<Record<string, unknown>>((resolve) =>
    request.on('response', ({ headers }) => resolve(headers)),
  )
  request.on('error', () => undefined).end()
  return { answered, text: () => text, stop: () => request.destroy() }
}

const take = (_: unknown, socket: { end(text: string): void }): void => socket.end('HTTP/1.1 101 Mine\r\n\r\n')
const fallback: RequestListener = (request, response) => void response.end(`page ${request.url}`)

describe('POST /api/tokens', () => {
  it('signs an account in', async () => {
    const { status, body } = await post('/api/tokens', '{"account":"alice"}')
    expect(status).toBe(200)
    expect(body).toEqual({ token: expect.any(String), account: 'alice', expires: expect.any(Number) })
  })

  it.each([
    ['{"account":"a b"}', 'account'],
    ['{"account":""}', 'account'],
    [`{"account":"${'x'.repeat(33)}"}`, 'account'],
    ['{"account":7}', 'account'],
    ['{}', 'account'],
    ['[]', undefined],
    ['null', undefined],
    ['', undefined],
  ])('rejects %s', async (text, field) => {
    expect(await post('/api/tokens', text)).toEqual(failure(400, 'invalid', field))
  })

  it('explains valid account names', async () => {
    const { body } = await post('/api/tokens', '{"account":"小明"}')
    expect(JSON.stringify(body)).toContain('letters, digits')
  })

  it('rejects other types, too much, and invalid JSON', async () => {
    expect(await post('/api/tokens', '{"account":')).toEqual(failure(400, 'bad-json'))
    expect(await post('/api/tokens', '{"__proto__":{"account":"x"}}')).toEqual(failure(400, 'bad-json'))
    expect(await post('/api/tokens', `"${'x'.repeat(70_000)}"`)).toEqual(failure(413, 'too-large'))
    expect(await post('/api/tokens', 'account=alice', { 'content-type': 'text/html' })).toEqual(
      failure(415, 'bad-media-type'),
    )
  })

  it('is rejected with a clear sentence where it is off, and so are the events', async () => {
    const strict = await startService({ devTokens: false })
    const answer = await fetch(`${strict.url}/api/tokens`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"account":"alice"}',
    })
    expect(answer.status).toBe(403)
    expect(await answer.json()).toMatchObject({
      error: { code: 'dev-tokens-off', message: expect.stringContaining('DEV_TOKENS=on') },
    })
    for (const path of ['/api/events', '/api/callbacks']) expect((await strict.get(path)).status).toBe(403)
    await strict.close()
  })
})

describe('missing routes', () => {
  it.each(['/nothing', '/api/nothing', '/live/nothing', '/api/tokens', '/signal'])(
    'GET %s answers 404',
    async (path) => {
      expect(await running.get(`${path}?token=hush`)).toEqual({
        status: 404,
        body: { error: { code: 'not-found', message: `There is no GET ${path}` } },
      })
    },
  )

  it('and malformed URLs are answered in the same shape', async () => {
    expect(await running.get('/%zz?token=hush')).toEqual(failure(400, 'bad-url'))
  })
})

describe('pages of other origins', () => {
  it('must not use the API: a site that a developer visits cannot sign in here', async () => {
    const headers = { origin: 'http://elsewhere.example' }
    const preflight = await fetch(`${running.url}/api/tokens`, {
      method: 'OPTIONS',
      headers: {
        ...headers,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type',
      },
    })
    const simple = await fetch(`${running.url}/api/tokens`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'text/plain' },
      body: JSON.stringify({ account: 'alice' }),
    })
    expect([preflight.ok, simple.ok]).toEqual([false, false])
    for (const { headers: answered } of [preflight, simple]) {
      expect(answered.get('access-control-allow-origin')).toBeNull()
    }
  })
})

const statusOf = async ({ url }: { url: string }, headers: Record<string, string>): Promise<number> =>
  (await fetch(`${url}/metrics`, { headers })).status

describe('GET /healthz and /metrics', () => {
  it('report health, and the metrics', async () => {
    expect(await running.get('/healthz')).toEqual({
      status: 200,
      body: { status: 'ok', checks: { database: 'ok', recordings: 'ok', disk: 'ok' } },
    })
    const response = await fetch(`${running.url}/metrics`)
    const text = await response.text()
    expect(response.headers.get('content-type')).toContain('text/plain')
    for (const line of [
      'netcall_calls 0',
      'netcall_signal_connections 0',
      'netcall_gateway_connections 0',
      'netcall_streams 0',
    ]) {
      expect(text).toContain(`${line}\n`)
    }
    expect(text).toContain('netcall_callbacks{state="waiting"} 0')
    expect(text).toMatch(/netcall_http_request_seconds_count\{method="GET",route="\/healthz",status="200"\} 1/)
  })

  it('report a missing directory', async () => {
    const broken = await startService()
    rmSync(join(broken.dataDir, 'recordings'), { recursive: true })
    expect(await broken.get('/healthz')).toEqual({
      status: 503,
      body: { status: 'failing', checks: { database: 'ok', recordings: 'failing', disk: 'ok' } },
    })
    await broken.close()
  })

  it('report a disk without space', async () => {
    const low = await startService({ diskFloor: 1e18 })
    await until(async () => (await low.get('/healthz')).status === 503, 'the look at the disk')
    expect(await low.get('/healthz')).toMatchObject({ body: { checks: { recordings: 'ok', disk: 'failing' } } })
    await low.close()
  })

  it('give metrics to this machine only, unless there is a token', async () => {
    expect(await statusOf(running, { 'X-Forwarded-For': '127.0.0.1' })).toBe(403)
    const proxied = await startService({ trustedHops: 1 })
    expect(await statusOf(proxied, { 'X-Forwarded-For': '203.0.113.7' })).toBe(403)
    expect(await statusOf(proxied, { 'X-Forwarded-For': '127.0.0.1' })).toBe(200)
    await proxied.close()
    const open = await startService({ metricsToken: 'a long secret' })
    expect(await statusOf(open, {})).toBe(403)
    expect(await statusOf(open, { authorization: 'Bearer a long secre' })).toBe(403)
    expect(await statusOf(open, { authorization: 'Bearer a long secret' })).toBe(200)
    await open.close()
  })
})

/** The headers of a callback with this body. */
const sign = (text: string, app: typeof credentials, now?: number, callbackId = '42-aa'): Record<string, string> =>
  signCallback({ callbackId, body: text }, app, now)

describe('POST /demo/callback', () => {
  const body = JSON.stringify({ eventType: '6', fileinfo: JSON.stringify([{ channelid: '42', url: 'http://x' }]) })

  it('accepts a valid callback and lists it', async () => {
    expect(await post('/demo/callback', body, sign(body, credentials))).toEqual({
      status: 200,
      body: { code: 200 },
    })
    const { body: listed } = await running.get('/api/callbacks')
    expect(listed).toMatchObject({ callbacks: [{ eventType: '6', cid: 42, valid: true, problem: null, body }] })
  })

  it('accepts a repeated event, and stores it once', async () => {
    const started = JSON.stringify({ eventType: 20, fromAccount: 'alice' })
    const headers = (id: string) => sign(started, credentials, undefined, id)
    for (const id of ['4711-aa', '4711-aa', '4711-bb']) {
      expect(await post('/demo/callback', started, headers(id))).toEqual({ status: 200, body: { code: 200 } })
    }
    const { body: listed } = await running.get('/api/callbacks')
    // Only its id identifies its call.
    const event = { eventType: '20', cid: 4711, valid: true }
    const kept = ['4711-aa', '4711-bb'].map((callbackId) => expect.objectContaining({ ...event, callbackId }))
    expect(listed).toMatchObject({ callbacks: expect.arrayContaining(kept) })
    expect(JSON.stringify(listed).match(/4711-aa/g)).toHaveLength(1)
  })

  it.each([
    ['without a signature', body, {}, 'AppKey is missing'],
    ['of another secret', body, sign(body, { ...credentials, appSecret: 'another one' }), 'CheckSum'],
    ['of another app', body, sign(body, { ...credentials, appKey: 'other' }), 'AppKey'],
    ['that was changed', body.replace('42', '43'), sign(body, credentials), 'MD5'],
    ['of last year', body, sign(body, credentials, Date.now() - 365 * 86_400_000), 'CurTime'],
    ['that is none', '[]', sign('[]', credentials), 'not a callback'],
    ['that is no JSON', '{', sign('{', credentials), 'not a callback'],
    ['that is empty', '', sign('', credentials), 'not a callback'],
  ])('rejects one %s, and lists the reason', async (_, text, headers, problem) => {
    expect(await post('/demo/callback', text, headers)).toEqual(failure(403, 'bad-callback'))
    const { body: listed } = await running.get('/api/callbacks')
    expect(JSON.stringify(listed)).toContain(problem)
  })

  it('stores only the beginning of rejected bodies', async () => {
    await post('/demo/callback', 'x'.repeat(500_000))
    const { body: listed } = await running.get('/api/callbacks')
    expect(JSON.stringify(listed).length).toBeLessThan(100_000)
  })
})

describe('GET /api/events', () => {
  it('answers before any event, and keeps the connection alive with a comment every 15 s', async () => {
    controlClock()
    const quiet = await startService()
    const response = await fetch(`${quiet.url}/api/events`)
    expect(response.status).toBe(200)
    const reader = response.body?.getReader()
    const next = async () => Buffer.from((await reader?.read())?.value ?? '').toString()
    await advance(15_000)
    expect(await next()).toBe(':\n\n')
    await advance(15_000)
    expect(await next()).toBe(':\n\n')
    await reader?.cancel()
    await quiet.close()
    useRealTime()
  })

  it('sends recent events, then new ones; a reconnecting watcher gets what it missed', async () => {
    await post('/demo/callback', '{"before":1}')
    const first = watch()
    expect(await first.answered).toMatchObject({
      'content-type': 'text/event-stream',
    })
    await until(() => first.text().includes('"refused"'))
    const seen = first.text().length
    await post('/demo/callback', '{"after":1}')
    await until(() => first.text().length > seen)
    const ids = [...first.text().matchAll(/^id: (\d+)\ndata: \{.*\}$/gm)].map((match) => match[1])
    expect(ids.length).toBeGreaterThanOrEqual(2)
    first.stop()

    const last = ids.at(-2)
    const second = watch({ 'last-event-id': last })
    await until(() => second.text().includes(`id: ${ids.at(-1)}\n`))
    expect(second.text()).not.toContain(`id: ${last}\n`)
    second.stop()
  })
})

describe('upgrades', () => {
  it.each(['/', '/elsewhere', '/api/calls'])('to %s are refused', async (path) => {
    expect(await upgrade(path)).toBe('HTTP/1.1 404 Not Found')
    expect(await upgrade(path, 'vite-hmr')).toBe('HTTP/1.1 404 Not Found')
  })

  it('of the development server are left to it once it listens', async () => {
    running.service.server.on('upgrade', take)
    expect(await upgrade('/', 'vite-hmr')).toBe('HTTP/1.1 101 Mine')
    running.service.server.off('upgrade', take)
  })
})

describe('an embedding program', () => {
  it('serves unknown paths', async () => {
    const embedded = await startService({}, { fallback })
    const text = async (path: string) => (await fetch(embedded.url + path)).text()
    expect(await text('/')).toBe('page /')
    expect(await text('/apis?x=1')).toBe('page /apis?x=1')
    expect(await text('/healthz')).toContain('"ok"')
    expect(await text('/api/nothing')).toContain('not-found')
    await embedded.close()
  })
})

describe('the log of requests', () => {
  it('never contains a token, signature or query', async () => {
    const lines: string[] = []
    const log = createLog('trace', { write: (line: string) => void lines.push(line) })
    const logged = await startService(credentials, { log })
    const token = await logged.token('alice')
    await logged.get(`/api/calls?token=${token}`)
    await logged.get('/api/calls', 'alice')
    await logged.get(`/recordings/1/a.mp4?account=alice&expires=1&sign=hush-hush`)
    await logged.get(`/nowhere?token=${token}`)
    const body = '{"eventType":"5","channelId":1}'
    const signed = sign(body, credentials)
    await fetch(`${logged.url}/demo/callback`, { method: 'POST', headers: signed, body })
    await logged.close()
    const text = lines.join('')
    expect(text).toContain('"path":"/api/calls"')
    for (const secret of [token.split('.')[2], 'hush-hush', signed['CheckSum'], credentials.appSecret, 'Bearer']) {
      expect(text).not.toContain(secret)
    }
  })
})

describe('an unavailable port or database', () => {
  it('is named with the option to change it', async () => {
    await expect(startService({ port: running.port })).rejects.toThrow(
      `Cannot listen on port ${running.port} (it is in use by another program). Set PORT to another port.`,
    )
    await expect(startService({ rtmpPort: running.rtmpPort })).rejects.toThrow(/Set RTMP_PORT to another port/)
  })
})
