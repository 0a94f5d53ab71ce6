import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { retryDelay, RETRY_POLICY } from '../../../server/callback/backoff'
import { Outbox } from '../../../server/callback/outbox'
import { verifyCallback } from '../../../server/callback/signature'
import { createLog } from '../../../server/log'
import { openStore } from '../../../server/store/store'
import type { Store } from '../../../server/store/types'
import { Timeline } from '../../../server/timeline'
import { until } from '../../support/until'

const app = { appKey: 'my-app', appSecret: 'my-secret' }
const policy = { timeout: 150, tries: 4, firstDelay: 20, longestDelay: 60 }

let folder: string
let store: Store
let outbox: Outbox
let receiver: Server
let port = 0
let got: { body: string; valid: boolean }[] = []
let answer: (request: IncomingMessage, response: ServerResponse) => void

const target = () => ({ url: `http://127.0.0.1:${port}/callback`, ...app })
const open = (): void => {
  store = openStore(join(folder, 'calls.db'))
  outbox = new Outbox({ store, timeline: new Timeline(), log: createLog('silent'), target, policy })
}
const well = (_: IncomingMessage, response: ServerResponse): void => void response.end('ok')
const withStatus =
  (status: number, headers = {}) =>
  (_: IncomingMessage, response: ServerResponse): void =>
    void response.writeHead(status, headers).end()
const listen = async (): Promise<void> => {
  receiver = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString()
      got.push({ body, valid: verifyCallback(request.headers, body, app).valid })
      answer(request, response)
    })
  })
  await new Promise<void>((resolve) => receiver.listen(port, '127.0.0.1', resolve))
  const address = receiver.address()
  port = address && typeof address === 'object' ? address.port : 0
}
const hangUp = async (): Promise<void> => {
  receiver.closeAllConnections()
  await new Promise((resolve) => receiver.close(resolve))
}
const call = (cid: number): void =>
  store.insertCall({
    cid,
    scene: 0,
    type: 2,
    name: null,
    caller: 'alice',
    custom: '',
    createdAt: 1,
    answeredAt: 2,
    endedAt: 3,
    endReason: 'hangup',
    recording: 'none',
    notes: [],
  })
const states = (cid: number) => store.outbox(cid).map(({ state }) => state)

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'outbox-'))
  port = 0
  got = []
  answer = well
  await listen()
  open()
  call(1)
  call(2)
})
afterEach(async () => {
  await outbox.close()
  store.close()
  await hangUp()
  rmSync(folder, { recursive: true })
})

describe('the outbox', () => {
  it.each([
    ['before a try', 0],
    ['after it', 1],
  ])('outlives a database that cannot be written %s, and delivers all the same', async (_, good) => {
    const update = store.updateOutbox.bind(store)
    let writes = 0
    let broken = true
    jest.spyOn(store, 'updateOutbox').mockImplementation((id, change) => {
      if (broken && writes++ >= good) throw new Error('database or disk is full')
      update(id, change)
    })
    outbox.start()
    outbox.enqueue(1, '5', '{}')
    await until(() => writes > good, 'a write that fails')
    broken = false
    await until(() => states(1).every((state) => state === 'sent'), 'the delivery')
    expect(got.length).toBeGreaterThan(0)
  })

  it('delivers signed events of a call in order', async () => {
    outbox.start()
    outbox.enqueue(1, '5', '{"n":1}')
    outbox.enqueue(1, '6', '{"n":2}')
    await until(() => got.length === 2 && states(1).every((state) => state === 'sent'))
    expect(got).toEqual([
      { body: '{"n":1}', valid: true },
      { body: '{"n":2}', valid: true },
    ])
    expect(store.outbox(1)).toMatchObject([
      { attempts: 1, lastError: null, sentAt: expect.any(Number) },
      { attempts: 1 },
    ])
  })

  it('keeps the order while the first is retried, and does not hold up other calls', async () => {
    let failures = 2
    answer = (request, response) => {
      const last = got.at(-1)?.body
      if (last === '{"call":1,"n":1}' && failures-- > 0) withStatus(500)(request, response)
      else well(request, response)
    }
    outbox.start()
    outbox.enqueue(1, '5', '{"call":1,"n":1}')
    outbox.enqueue(1, '6', '{"call":1,"n":2}')
    outbox.enqueue(2, '5', '{"call":2,"n":1}')
    await until(() => [...states(1), ...states(2)].every((state) => state === 'sent'))
    const bodies = got.map(({ body }) => body)
    expect(bodies.filter((body) => body.includes('"call":1'))).toEqual([
      '{"call":1,"n":1}',
      '{"call":1,"n":1}',
      '{"call":1,"n":1}',
      '{"call":1,"n":2}',
    ])
    expect(bodies.indexOf('{"call":2,"n":1}')).toBeLessThan(3)
    expect(got.every(({ valid }) => valid)).toBe(true)
  })

  it.each([
    ['500', withStatus(500), /answered 500/],
    ['204', withStatus(204), /answered 204/],
    ['a redirect', withStatus(302, { location: '/elsewhere' }), /answered 302/],
    ['silence', () => undefined, /no answer within 0.15 s/],
    ['a broken line', (request: IncomingMessage) => void request.socket.destroy(), /cannot be reached/],
  ])('takes %s as a failure, gives up after some tries, and keeps the event', async (_, behaviour, lastError) => {
    answer = behaviour
    outbox.start()
    outbox.enqueue(1, '5', '{}')
    await until(() => states(1)[0] === 'failed')
    expect(got).toHaveLength(policy.tries)
    expect(store.outbox(1)[0]).toMatchObject({ attempts: policy.tries, lastError: expect.stringMatching(lastError) })

    answer = well
    expect(outbox.resend(1)).toBe(true)
    await until(() => states(1)[0] === 'sent')
    expect(outbox.resend(1)).toBe(false)
  })

  it('does not wait for the body of an answer that never ends', async () => {
    answer = (_, response) => {
      response.writeHead(200)
      response.write('x'.repeat(1000))
    }
    outbox.start()
    outbox.enqueue(1, '5', '{}')
    await until(() => states(1)[0] === 'sent')
  })

  it('bridges a receiver that is down', async () => {
    await hangUp()
    outbox.start()
    outbox.enqueue(1, '5', '{}')
    await until(() => (store.outbox(1)[0]?.attempts ?? 0) >= 1)
    expect(store.outbox(1)[0]?.lastError).toContain('ECONNREFUSED')
    await listen()
    await until(() => states(1)[0] === 'sent')
  })

  it('sends after a restart what was not sent before', async () => {
    answer = () => undefined
    outbox.start()
    outbox.enqueue(1, '5', '{"n":1}')
    await until(() => got.length === 1)
    await outbox.close()
    expect(store.outbox(1)).toMatchObject([{ state: 'waiting', attempts: 0 }])
    store.close()

    answer = well
    open()
    outbox.start()
    await until(() => states(1)[0] === 'sent')
  })
})

describe('the pause between tries', () => {
  it('doubles up to a limit, with some chance in it', () => {
    expect([1, 2, 3, 4].map((failures) => retryDelay(failures, RETRY_POLICY, 0))).toEqual([1000, 2000, 4000, 8000])
    expect(retryDelay(1, RETRY_POLICY, 1)).toBe(750)
    expect(retryDelay(500, RETRY_POLICY, 0)).toBe(RETRY_POLICY.longestDelay)
  })
})
