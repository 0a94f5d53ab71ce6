import { once } from 'node:events'
import { truncateSync } from 'node:fs'
import { get as httpGet, request, type IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { readConfig } from '../../../server/config'
import { openStore } from '../../../server/store/store'
import { advance, controlClock } from '../../support/clock'
import { startService, type TestService } from '../../support/service'
import { until } from '../../support/until'
import { CID, CONTENT, FILE, seededDataDir, SOUND } from './seed'

let running: TestService
beforeAll(async () => {
  controlClock()
  running = await startService({ dataDir: seededDataDir() })
})
afterAll(() => running.close())

const link = async (filename = FILE): Promise<string> => {
  const { body } = await running.get(`/api/recordings`, 'bob')
  const found = new RegExp(`/recordings/${CID}/${filename}[^"]+`).exec(JSON.stringify(body))?.[0]
  if (!found) throw new Error(`no link to ${filename}`)
  return found
}
const get = (path: string, headers: Record<string, string> = {}) => fetch(running.url + path, { headers })
const bytes = async (response: Response): Promise<Buffer> => Buffer.from(await response.arrayBuffer())

/** Raw: fetch would normalize the path. */
const getRaw = (path: string, headers = {}): Promise<{ status: number; body: string }> =>
  new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port: running.port, path, headers }, (response) => {
      let body = ''
      response.on('data', (chunk: Buffer) => (body += chunk.toString()))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }))
    })
      .on('error', reject)
      .end()
  })

describe('a recorded file', () => {
  it('is denied to accounts that were called and never joined', async () => {
    const store = openStore(`${running.dataDir}/calls.db`)
    store.saveMember({
      cid: CID,
      account: 'dave',
      uid: store.uidOf('dave'),
      joinedAt: null,
      leftAt: null,
      absent: 0,
      request: null,
    })
    store.close()
    const authorization = `Bearer ${await running.token('dave')}`
    expect((await get(`/recordings/${CID}/${FILE}`, { authorization })).status).toBe(403)
    expect((await running.get('/api/recordings', 'dave')).body).toEqual({ recordings: [] })
    expect((await running.get(`/api/calls/${CID}`, 'dave')).body).toMatchObject({ cid: CID, files: [] })
  })

  it('is sent completely by its URL, with its type', async () => {
    const response = await get(await link())
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('video/mp4')
    expect(response.headers.get('accept-ranges')).toBe('bytes')
    expect(await bytes(response)).toEqual(CONTENT)
    expect((await get(await link(SOUND))).headers.get('content-type')).toBe('audio/aac')
  })

  it('is sent to a member with a token', async () => {
    const token = await running.token('alice')
    const path = `/recordings/${CID}/${FILE}`
    expect((await get(path, { authorization: `Bearer ${token}` })).status).toBe(200)
    expect((await get(`${path}?token=${token}`)).status).toBe(200)
  })

  it.each([
    ['bytes=0-99', 'bytes 0-99/1000', CONTENT.subarray(0, 100)],
    ['bytes=900-', 'bytes 900-999/1000', CONTENT.subarray(900)],
    ['bytes=-10', 'bytes 990-999/1000', CONTENT.subarray(990)],
    ['bytes=500-5000', 'bytes 500-999/1000', CONTENT.subarray(500)],
  ])('is sent in part for Range: %s', async (range, contentRange, part) => {
    const response = await get(await link(), { range })
    expect(response.status).toBe(206)
    expect(response.headers.get('content-range')).toBe(contentRange)
    expect(response.headers.get('content-length')).toBe(String(part.length))
    expect(await bytes(response)).toEqual(part)
  })

  it('has its size in the answer to a range beyond its end', async () => {
    const response = await get(await link(), { range: 'bytes=2000-' })
    expect(response.status).toBe(416)
    expect(response.headers.get('content-range')).toBe('bytes */1000')
    expect(await response.json()).toMatchObject({ error: { code: 'bad-range' } })
  })

  it('supports HEAD, and conditional requests', async () => {
    const head = await fetch(running.url + (await link()), { method: 'HEAD' })
    expect([head.status, head.headers.get('content-length')]).toEqual([200, '1000'])
    const again = await getRaw(await link(), { 'if-none-match': head.headers.get('etag') ?? '' })
    expect(again.status).toBe(304)
  })
})

describe('a recorded file is denied', () => {
  it('without a signed URL or token', async () => {
    expect((await get(`/recordings/${CID}/${FILE}`)).status).toBe(401)
  })

  it('to accounts that were not in the call', async () => {
    const response = await get(`/recordings/${CID}/${FILE}`, {
      authorization: `Bearer ${await running.token('carol')}`,
    })
    expect(response.status).toBe(403)
    expect(await response.json()).toMatchObject({ error: { code: 'forbidden' } })
  })

  it.each([
    ['another account', (url: string) => url.replace('account=bob', 'account=carol')],
    ['a later end', (url: string) => url.replace(/expires=\d+/, 'expires=99999999999')],
    ['another file', (url: string) => url.replace(FILE, SOUND)],
    ['another call', (url: string) => url.replace(String(CID), String(CID + 1))],
    ['another signature', (url: string) => url.replace(/sign=../, 'sign=--')],
  ])('by a URL changed to %s', async (_, change) => {
    const response = await get(change(await link()))
    expect(response.status).toBe(403)
    expect(await response.json()).toMatchObject({ error: { code: 'bad-link' } })
  })

  it.each(['sign=x', 'sign=x&account=a%20b&expires=1', 'sign=x&account=bob&expires=soon'])(
    'by half a link: %s',
    async (query) => {
      const response = await get(`/recordings/${CID}/${FILE}?${query}`)
      expect(response.status).toBe(400)
      expect(await response.json()).toMatchObject({ error: { code: 'invalid', field: expect.any(String) } })
    },
  )

  it('by an expired URL', async () => {
    const madeAt = Date.now()
    const path = await link()
    const expiresAt = (Math.floor(madeAt / 1_000) + readConfig({}).fileUrlTtl) * 1_000
    jest.setSystemTime(expiresAt - 1)
    expect((await get(path)).status).toBe(200)
    jest.setSystemTime(expiresAt)
    const late = await get(path)
    expect(late.status).toBe(403)
    expect(await late.json()).toMatchObject({
      error: { code: 'bad-link', message: expect.stringContaining('expired') },
    })
    jest.setSystemTime(madeAt)
  })

  it.each([
    `/recordings/${CID}/unlisted.mp4`,
    `/recordings/${CID}/missing.mp4`,
    `/recordings/${CID}/..%2f..%2fcalls.db`,
    `/recordings/${CID}/%2e%2e%2f%2e%2e%2fcalls.db`,
    `/recordings/${CID}/../../calls.db`,
    `/recordings/..%2f..%2fetc/passwd`,
    `/recordings/${CID}/%00`,
    `/recordings/${CID}/.hidden`,
    `/recordings/${CID}/`,
    '/recordings/',
  ])('if its name is invalid: %s', async (path) => {
    const { status, body } = await getRaw(`${path}?token=${await running.token('alice')}`)
    expect([400, 404]).toContain(status)
    expect(JSON.parse(body)).toMatchObject({ error: { code: expect.any(String), message: expect.any(String) } })
  })
})

describe('a large file', () => {
  /** More than the buffers between the service and a client that does not read, bytes. */
  const SIZE = 64_000_000
  let large: TestService
  let tokens: Record<'alice' | 'bob', string>
  beforeEach(async () => {
    large = await startService({ dataDir: seededDataDir() })
    truncateSync(join(large.dataDir, 'recordings', String(CID), FILE), SIZE)
    tokens = { alice: await large.token('alice'), bob: await large.token('bob') }
  })
  afterEach(() => large.close())
  /** A download of which nothing is read yet. */
  const begin = async (account: 'alice' | 'bob'): Promise<IncomingMessage> => {
    const headers = { authorization: `Bearer ${tokens[account]}` }
    const [response] = await once(
      httpGet(`${large.url}/recordings/${CID}/${FILE}`, { headers, agent: false }),
      'response',
    )
    return response.on('error', () => {})
  }

  it('is sent 32 times at once to an account, without affecting others', async () => {
    const downloads: IncomingMessage[] = []
    for (let at = 0; at < 32; at++) downloads.push(await begin('alice'))
    expect(downloads.map(({ statusCode }) => statusCode)).toEqual(Array(32).fill(200))
    expect((await begin('alice')).statusCode).toBe(429)
    expect((await begin('bob')).statusCode).toBe(200)
    downloads[0]?.destroy()
    await until(async () => (await begin('alice')).statusCode === 200, 'the place of the one that went')
  })

  it('is not sent further to a client that reads nothing for 60 s; one that reads slowly gets all of it', async () => {
    const [stalled, slow] = [await begin('alice'), await begin('alice')]
    let read = 0
    for await (const chunk of slow) {
      if (!Buffer.isBuffer(chunk)) continue
      const before = read
      read += chunk.length
      // A third of the file in each 50 s.
      if (Math.floor((before * 3) / SIZE) < Math.floor((read * 3) / SIZE)) await advance(50_000)
    }
    expect(read).toBe(SIZE)
    let received = 0
    stalled.on('data', (chunk: Buffer) => (received += chunk.length))
    await until(() => stalled.destroyed, 'the end of the stalled one')
    expect(stalled.errored).toMatchObject({ code: 'ECONNRESET' })
    expect(received).toBeLessThan(SIZE)
  })
})
