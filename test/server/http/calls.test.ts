import { RETRY_POLICY } from '../../../server/callback/backoff'
import { LOOK } from '../../../server/callback/outbox'
import { readConfig } from '../../../server/config'
import { advance, controlClock } from '../../support/clock'
import { startService, type TestService } from '../../support/service'
import { until } from '../../support/until'
import { CID, FILE, seededDataDir, SOUND } from './seed'

let running: TestService
beforeAll(async () => {
  controlClock()
  running = await startService({ dataDir: seededDataDir() }, { retryPolicy: RETRY_POLICY })
})
afterAll(() => running.close())

const linkOf = (filename: string): unknown =>
  expect.stringMatching(new RegExp(`^/recordings/${CID}/${filename}\\?account=bob&expires=\\d+&sign=[\\w-]+$`))

describe('GET /api/calls', () => {
  it("returns complete data of the account's calls only", async () => {
    const { status, body } = await running.get('/api/calls', 'bob')
    expect(status).toBe(200)
    expect(body).toEqual({
      calls: [
        {
          cid: CID,
          scene: 0,
          type: 2,
          name: null,
          caller: 'alice',
          createdAt: 1_763_830_000_000,
          answeredAt: 1_763_830_001_000,
          endedAt: 1_763_830_061_000,
          endReason: 'hangup',
          duration: 60_000,
          members: [
            { account: 'alice', uid: 1, joinedAt: 1_763_830_001_000, leftAt: 1_763_830_061_000 },
            { account: 'bob', uid: 2, joinedAt: 1_763_830_001_000, leftAt: 1_763_830_061_000 },
          ],
          recording: {
            state: 'done',
            notes: [{ code: 'mix-unavailable', message: 'no mix here' }],
            progress: null,
            frames: [],
          },
          files: [
            expect.objectContaining({ filename: SOUND, kind: 'aac', url: linkOf(SOUND) }),
            {
              cid: CID,
              uid: 1,
              account: 'alice',
              kind: 'mp4',
              filename: FILE,
              size: 1000,
              duration: 60_000,
              md5: expect.stringMatching(/^[0-9a-f]{32}$/),
              mix: false,
              url: linkOf(FILE),
            },
            expect.objectContaining({ filename: 'missing.mp4' }),
          ],
          callbacks: [
            {
              id: expect.stringMatching(new RegExp(`^${CID}-[0-9a-f]{8}$`)),
              eventType: '5',
              state: 'waiting',
              attempts: 0,
              lastError: null,
              nextAttemptAt: expect.any(Number),
              sentAt: null,
            },
          ],
        },
      ],
    })
  })

  it('is empty without calls', async () => {
    expect(await running.get('/api/calls', 'dave')).toEqual({ status: 200, body: { calls: [] } })
  })

  it.each(['0', '201', '-1', 'many', '1.5'])('refuses ?limit=%s and names it', async (limit) => {
    const { status, body } = await running.get(`/api/calls?limit=${limit}`, 'bob')
    expect(status).toBe(400)
    expect(body).toEqual({ error: { code: 'invalid', field: 'limit', message: expect.stringContaining('limit: ') } })
  })
})

describe('GET /api/calls/:cid', () => {
  it('returns one call', async () => {
    const { body } = await running.get(`/api/calls/${CID}`, 'alice')
    expect(body).toMatchObject({ cid: CID, caller: 'alice', duration: 60_000 })
  })

  it.each([
    [`/api/calls/${CID}`, 'carol', 404],
    [`/api/calls/${CID + 1}`, 'alice', 404],
    ['/api/calls/99', 'alice', 404],
    ['/api/calls/abc', 'alice', 400],
    ['/api/calls/1e9', 'alice', 400],
    ['/api/calls/12345678901234567890', 'alice', 400],
  ])('%s for %s answers %i', async (path, account, status) => {
    expect(await running.get(path, account)).toEqual({
      status,
      body: { error: expect.objectContaining({ code: status === 404 ? 'not-found' : 'invalid' }) },
    })
  })
})

describe('GET /api/recordings', () => {
  it("lists the files of the account's calls", async () => {
    const { body } = await running.get('/api/recordings?limit=2', 'alice')
    expect(body).toEqual({
      recordings: [expect.objectContaining({ filename: SOUND }), expect.objectContaining({ filename: FILE })],
    })
    expect(await running.get('/api/recordings', 'carol')).toEqual({ status: 200, body: { recordings: [] } })
  })
})

describe('authentication', () => {
  it.each(['/api/calls', '/api/recordings', `/api/calls/${CID}`])('%s wants a token', async (path) => {
    expect(await running.get(path)).toMatchObject({ status: 401, body: { error: { code: 'unauthorized' } } })
    expect(await running.get(`${path}?token=alice.zzzzzzzz.forged`)).toMatchObject({ status: 401 })
  })

  it('may be in the query', async () => {
    const { status } = await running.get(`/api/calls?token=${await running.token('alice')}`)
    expect(status).toBe(200)
  })

  it('fails with an expired token', async () => {
    const token = await running.token('alice')
    const issuedAt = Date.now()
    const expiresAt = issuedAt + readConfig({}).tokenTtl * 1_000
    const statusAt = async (time: number) => {
      jest.setSystemTime(time)
      return (await running.get(`/api/calls?token=${token}`)).status
    }
    expect(await statusAt(expiresAt - 1)).toBe(200)
    expect(await statusAt(expiresAt)).toBe(401)
    jest.setSystemTime(issuedAt)
  })
})

const resend = async (cid: number, account: string) => {
  const headers = { authorization: `Bearer ${await running.token(account)}`, 'content-type': 'application/json' }
  return fetch(`${running.url}/api/calls/${cid}/callback`, { method: 'POST', headers })
}

const call = async () => (await running.get(`/api/calls/${CID}`, 'bob')).body

describe('POST /api/calls/:cid/callback', () => {
  it('sends unsent callbacks now, for members only', async () => {
    expect((await resend(CID, 'carol')).status).toBe(404)
    expect((await resend(CID + 1, 'carol')).status).toBe(409)
    const response = await resend(CID, 'bob')
    expect(response.status).toBe(202)
    expect(await response.json()).toMatchObject({ cid: CID })
    // The seeded body is invalid: the demo receiver rejects it each time.
    const refused = { eventType: '5', lastError: 'the receiver answered 403 instead of 200' }
    const tried = (attempts: number) =>
      until(async () => JSON.stringify(await call()).includes(`"attempts":${attempts},`), `try ${attempts}`)
    for (let attempts = 1; attempts < RETRY_POLICY.tries; attempts++) {
      await tried(attempts)
      expect(await call()).toMatchObject({ callbacks: [{ ...refused, state: 'waiting', attempts }] })
      // The longest pause at once, then the following poll of the queue.
      jest.setSystemTime(Date.now() + RETRY_POLICY.longestDelay)
      await advance(LOOK)
    }
    await tried(RETRY_POLICY.tries)
    expect(await call()).toMatchObject({ callbacks: [{ ...refused, state: 'failed', attempts: RETRY_POLICY.tries }] })
    expect((await resend(CID, 'bob')).status).toBe(202)
    await tried(1)
  })
})
