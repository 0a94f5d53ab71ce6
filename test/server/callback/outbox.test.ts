import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { retryDelay, RETRY_POLICY } from '../../../server/callback/backoff'
import { Outbox } from '../../../server/callback/outbox'
import { createLog } from '../../../server/log'
import { openStore } from '../../../server/store/store'
import type { Store } from '../../../server/store/types'
import { Timeline } from '../../../server/timeline'
import { until } from '../../support/until'
import { APP, hangUp, raw, ScriptedReceiver, silence, well, withStatus, type Behaviour } from './scripted-receiver'
import { endedCall } from './ended-call'

const policy = { timeout: 10_000, tries: 4, firstDelay: 20, longestDelay: 60 }
/** Where a receiver does not answer, ms. */
const SHORT = 200

let folder: string
let store: Store
let outbox: Outbox
let receiver: ScriptedReceiver

const target = () => ({ url: receiver.url, ...APP })
const open = (timeout = policy.timeout): void => {
  store = openStore(join(folder, 'calls.db'))
  const log = createLog('silent')
  outbox = new Outbox({ store, timeline: new Timeline(), log, target, policy: { ...policy, timeout } })
}
/** The service stops and starts, with the same database. */
const restart = async (timeout?: number): Promise<void> => {
  await outbox.close()
  store.close()
  open(timeout)
  outbox.start()
}
const call = (cid: number): void => store.insertCall(endedCall(cid, 'none'))
const states = (cid: number) => store.outbox(cid).map(({ state }) => state)

/** An event that the receiver takes so fails as often as it may, is kept, and can be sent later. */
async function isGivenUp(behaviour: Behaviour, lastError: RegExp): Promise<void> {
  receiver.answer = behaviour
  outbox.enqueue(1, '5', '{}')
  await until(() => states(1)[0] === 'failed')
  expect(receiver.got).toHaveLength(policy.tries)
  expect(store.outbox(1)[0]).toMatchObject({ attempts: policy.tries, lastError: expect.stringMatching(lastError) })

  receiver.answer = well
  expect(outbox.resend(1)).toBe(true)
  await until(() => states(1)[0] === 'sent')
  expect(outbox.resend(1)).toBe(false)
  expect(receiver.distinct).toHaveLength(1)
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'outbox-'))
  receiver = await new ScriptedReceiver().up()
  open()
  call(1)
  call(2)
})
afterEach(async () => {
  await outbox.close()
  store.close()
  await receiver.down()
  rmSync(folder, { recursive: true })
})

describe('the outbox', () => {
  it.each([
    ['before a try', 0],
    ['after it', 1],
  ])('outlives a database that cannot be written %s, and delivers all the same', async (_, good) => {
    await restart(SHORT)
    const update = store.updateOutbox.bind(store)
    let writes = 0
    let broken = true
    jest.spyOn(store, 'updateOutbox').mockImplementation((id, change) => {
      if (broken && writes++ >= good) throw new Error('database or disk is full')
      update(id, change)
    })
    outbox.enqueue(1, '5', '{}')
    await until(() => writes > good, 'a write that fails')
    broken = false
    await until(() => states(1).every((state) => state === 'sent'), 'the delivery')
    expect(receiver.got.length).toBeGreaterThan(0)
  })

  it('delivers signed events of a call in order', async () => {
    outbox.start()
    outbox.enqueue(1, '5', '{"n":1}')
    outbox.enqueue(1, '6', '{"n":2}')
    await until(() => states(1).length === 2 && states(1).every((state) => state === 'sent'))
    const [first, second] = store.outbox(1)
    expect(receiver.got).toEqual([
      { id: first?.callbackId, body: '{"n":1}', valid: true },
      { id: second?.callbackId, body: '{"n":2}', valid: true },
    ])
    expect(first?.callbackId).toMatch(/^1-[0-9a-f]{8}$/)
    expect(second?.callbackId).not.toBe(first?.callbackId)
    expect(store.outbox(1)).toMatchObject([
      { attempts: 1, lastError: null, sentAt: expect.any(Number) },
      { attempts: 1 },
    ])
  })

  it('keeps the order while the first is retried, and does not hold up other calls', async () => {
    let failures = 2
    receiver.answer = (request, response) => {
      const last = receiver.got.at(-1)?.body
      if (last === '{"call":1,"n":1}' && failures-- > 0) withStatus(500)(request, response)
      else well(request, response)
    }
    outbox.start()
    outbox.enqueue(1, '5', '{"call":1,"n":1}')
    outbox.enqueue(1, '6', '{"call":1,"n":2}')
    outbox.enqueue(2, '5', '{"call":2,"n":1}')
    await until(() => [...states(1), ...states(2)].every((state) => state === 'sent'))
    const bodies = receiver.got.map(({ body }) => body)
    expect(bodies.filter((body) => body.includes('"call":1'))).toEqual([
      '{"call":1,"n":1}',
      '{"call":1,"n":1}',
      '{"call":1,"n":1}',
      '{"call":1,"n":2}',
    ])
    expect(bodies.indexOf('{"call":2,"n":1}')).toBeLessThan(3)
    expect(receiver.got.every(({ valid }) => valid)).toBe(true)
  })

  it.each<[string, Behaviour, RegExp]>([
    ['500', withStatus(500), /answered 500/],
    ['204', withStatus(204), /answered 204/],
    ['a redirect', withStatus(302, { location: '/elsewhere' }), /answered 302/],
    ['a broken line', hangUp, /cannot be reached/],
    ['half an answer', raw('HTTP/1.1 200 OK\r\nContent-'), /cannot be reached/],
    ['endless interim answers', raw('HTTP/1.1 100 Continue\r\n\r\n'.repeat(50), false), /in HTTP|be reached/],
    ['what is no HTTP', raw('SSH-2.0-OpenSSH_9.2\r\n'), /does not answer in HTTP/],
    ['bytes without sense', raw('\u0000\u0001\u0002\r\n\r\n'), /does not answer in HTTP/],
    ['headers without end', raw(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(200_000)}`), /does not answer in HTTP/],
  ])('takes %s as a failure, gives up after some tries, and keeps the event', async (_, behaviour, lastError) => {
    outbox.start()
    await isGivenUp(behaviour, lastError)
  })

  it.each<[string, Behaviour]>([
    ['silence', silence],
    ['an answer that never comes to its end', raw('HTTP/1.1 200 OK\r\nX-Slow: ', false)],
  ])('takes %s as a failure after a while, gives up after some tries, and keeps the event', async (_, behaviour) => {
    await restart(SHORT)
    await isGivenUp(behaviour, /no answer within 0.2 s/)
  })

  it.each<[string, Behaviour]>([
    ['without end', (_, response) => void response.writeHead(200).write('x'.repeat(1000))],
    ['that is nonsense', raw('HTTP/1.1 200 Fine\r\nContent-Length: 5\r\n\r\n\u0000\u0001')],
    ['that breaks off', raw('HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\nhalf')],
  ])('takes 200 for a yes, with a body %s', async (_, behaviour) => {
    receiver.answer = behaviour
    outbox.start()
    outbox.enqueue(1, '5', '{}')
    await until(() => states(1)[0] === 'sent')
    expect(receiver.got).toHaveLength(1)
  })

  it('bridges a receiver that is down', async () => {
    await receiver.down()
    outbox.start()
    outbox.enqueue(1, '5', '{}')
    await until(() => (store.outbox(1)[0]?.attempts ?? 0) >= 1)
    expect(store.outbox(1)[0]?.lastError).toContain('ECONNREFUSED')
    await receiver.up()
    await until(() => states(1)[0] === 'sent')
  })

  it('sends after a restart what was not sent before, under the same id', async () => {
    receiver.answer = silence
    outbox.start()
    outbox.enqueue(1, '5', '{"n":1}')
    await until(() => receiver.got.length === 1)
    receiver.answer = well
    await restart()
    await until(() => states(1)[0] === 'sent')
    expect(receiver.got).toHaveLength(2)
    expect(receiver.distinct).toHaveLength(1)
  })

  it('gets every event through whatever happens, in order for a call, once for who looks at the ids', async () => {
    const woes: Behaviour[] = [withStatus(500), hangUp, silence, raw('nonsense\r\n\r\n')]
    // Each event has its woes before it is taken.
    receiver.answer = (request, response) => {
      const { id } = receiver.got.at(-1) ?? { id: '' }
      const tries = receiver.got.filter((one) => one.id === id).length
      const woe = tries < 3 ? woes[(tries + receiver.distinct.length) % woes.length] : well
      woe?.(request, response)
    }
    const types = ['20', '5', '6'] as const
    await receiver.down()
    await restart(SHORT)
    for (const type of types) for (const cid of [1, 2]) outbox.enqueue(cid, type, JSON.stringify({ cid, type }))
    await until(() => store.outbox(1)[0]?.attempts === 1, 'a try while the receiver is down')
    await receiver.up()
    for (let seen = 0; seen < 6; seen = receiver.distinct.length) {
      await until(() => receiver.distinct.length > seen, 'the next event')
      await restart(SHORT)
    }
    await until(() => [...states(1), ...states(2)].every((state) => state === 'sent'), 'all to be taken')
    for (const cid of [1, 2]) {
      const bodies = receiver.distinct.map(({ body }) => JSON.parse(body)).filter((body) => body.cid === cid)
      expect(bodies).toEqual(types.map((type) => ({ cid, type })))
      // Also with the repeats no event comes before the one ahead of it was taken.
      const order = receiver.got.map(({ body }) => JSON.parse(body)).filter((body) => body.cid === cid)
      const places = order.map(({ type }) => types.indexOf(type))
      expect(places).toEqual(places.toSorted((a, b) => a - b))
    }
    expect(receiver.got.every(({ valid }) => valid)).toBe(true)
    for (const { id, body } of receiver.got) expect(receiver.distinct.find((one) => one.id === id)?.body).toBe(body)
  })

  it('goes on with the next event of a call when one was given up, and sends that one later', async () => {
    receiver.answer = (request, response) =>
      (receiver.got.at(-1)?.body === '{"n":1}' ? withStatus(500) : well)(request, response)
    outbox.start()
    outbox.enqueue(1, '20', '{"n":1}')
    outbox.enqueue(1, '5', '{"n":2}')
    await until(() => states(1)[1] === 'sent')
    expect(states(1)).toEqual(['failed', 'sent'])
    receiver.answer = well
    expect(outbox.resend(1)).toBe(true)
    await until(() => states(1)[0] === 'sent')
    expect(receiver.distinct.map(({ body }) => body)).toEqual(['{"n":1}', '{"n":2}'])
  })

  it('sends what another process has put back into the queue', async () => {
    const { id, callbackId } = store.enqueue({ cid: 1, eventType: '5', body: '{}', now: 0 })
    store.updateOutbox(id, { state: 'failed', attempts: 4 })
    outbox.start()
    const other = openStore(join(folder, 'calls.db'))
    expect(other.requeueFailed({ callbackId: 'another' }, Date.now())).toBe(0)
    expect(other.requeueFailed({ callbackId }, Date.now())).toBe(1)
    other.close()
    await until(() => states(1)[0] === 'sent')
    expect(receiver.got).toMatchObject([{ id: callbackId }])
  })

  it('does not send what was undone before it was kept', async () => {
    outbox.start()
    const undone = (): void =>
      store.atomically(() => {
        outbox.enqueue(1, '5', '{"n":1}')
        throw new Error('the disk is full')
      })
    expect(undone).toThrow('the disk is full')
    outbox.enqueue(1, '5', '{"n":2}')
    await until(() => states(1)[0] === 'sent')
    expect(receiver.got.map(({ body }) => body)).toEqual(['{"n":2}'])
  })

  it('passes over events that the app does not want', async () => {
    const some = { store, timeline: new Timeline(), log: createLog('silent'), target, policy, events: ['5'] as const }
    const picky = new Outbox(some)
    picky.enqueue(1, '20', '{}')
    picky.enqueue(1, '5', '{}')
    expect(store.outbox(1).map(({ eventType }) => eventType)).toEqual(['5'])
    await picky.close()
  })
})

describe('the pause between tries', () => {
  it('doubles up to a limit, with some chance in it', () => {
    expect([1, 2, 3, 4].map((failures) => retryDelay(failures, RETRY_POLICY, 0))).toEqual([1000, 2000, 4000, 8000])
    expect(retryDelay(1, RETRY_POLICY, 1)).toBe(750)
    expect(retryDelay(500, RETRY_POLICY, 0)).toBe(RETRY_POLICY.longestDelay)
  })
})
