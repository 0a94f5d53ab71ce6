import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { retryDelay, RETRY_POLICY } from '../../../server/callback/backoff'
import { LOOK, Outbox } from '../../../server/callback/outbox'
import type { EventType } from '../../../server/callback/bodies'
import { createLog } from '../../../server/log'
import { openStore } from '../../../server/store/store'
import type { Store } from '../../../server/store/types'
import { Timeline } from '../../../server/timeline'
import { advance, controlClock } from '../../support/clock'
import { until } from '../../support/until'
import { APP, hangUp, raw, ScriptedReceiver, silence, well, withStatus, type Behaviour } from './scripted-receiver'
import { endedCall } from './ended-call'

let folder: string
let store: Store
let outbox: Outbox
let receiver: ScriptedReceiver

const target = () => ({ url: receiver.url, ...APP })
const open = (): void => {
  store = openStore(join(folder, 'calls.db'))
  const log = createLog('silent')
  outbox = new Outbox({ store, timeline: new Timeline(), log, target })
}
/** Stops and starts the service with the same database. */
const restart = async (): Promise<void> => {
  await outbox.close()
  store.close()
  open()
  outbox.start()
}
const call = (cid: number): void => store.insertCall(endedCall(cid, 'none'))
const states = (cid: number) => store.outbox(cid).map(({ state }) => state)

/** The call's first event. */
const first = (cid = 1) => {
  const [row] = store.outbox(cid)
  if (!row) throw new Error(`no event of call ${cid}`)
  return row
}
/** The work that `enqueue` leaves for the next turn of the event loop is done. */
const enqueue = async (cid: number, type: EventType, body: string): Promise<void> => {
  outbox.enqueue(cid, type, body)
  await advance(0)
}
/** Advances the clock to the next attempt of the call's first event, and checks that it was not tried before. */
async function untilNextTry(cid = 1): Promise<void> {
  const { attempts, nextAttemptAt } = first(cid)
  const seen = receiver.got.length
  // Only the last polls of the empty queue are made, hours of them would show nothing.
  if (nextAttemptAt - Date.now() > LOOK) jest.setSystemTime(nextAttemptAt - LOOK)
  await advance(nextAttemptAt - Date.now() - 1)
  expect(first(cid)).toMatchObject({ attempts, nextAttemptAt })
  expect(receiver.got).toHaveLength(seen)
  await advance(1)
}
/** An attempt has failed and the next one is planned. */
const failed = (attempts: number) => until(() => first().attempts === attempts, `failure ${attempts}`)

beforeEach(async () => {
  controlClock()
  // No jitter in the pauses.
  jest.spyOn(Math, 'random').mockReturnValue(0)
  folder = mkdtempSync(join(tmpdir(), 'outbox-'))
  receiver = await new ScriptedReceiver().up()
  open()
  call(1)
  call(2)
})
afterEach(async () => {
  jest.restoreAllMocks()
  await outbox.close()
  store.close()
  await receiver.down()
  rmSync(folder, { recursive: true })
})

/** Advances time until a condition holds. */
const pass = (condition: () => boolean, what: string): Promise<void> =>
  until(async () => {
    await advance(250)
    return condition()
  }, what)

describe('the outbox', () => {
  it.each([
    ['before a try', 0, RETRY_POLICY.firstDelay],
    ['after it', 1, 2 * RETRY_POLICY.timeout],
  ])('survives a database that cannot be written %s, and still delivers', async (_, good, pause) => {
    outbox.start()
    const update = store.updateOutbox.bind(store)
    let writes = 0
    let broken = true
    jest.spyOn(store, 'updateOutbox').mockImplementation((id, change) => {
      if (broken && writes++ >= good) throw new Error('database or disk is full')
      update(id, change)
    })
    await enqueue(1, '5', '{}')
    await until(() => writes > good, 'a write that fails')
    broken = false
    await advance(pause - 1)
    expect(receiver.got).toHaveLength(good)
    await advance(1)
    await until(() => states(1).every((state) => state === 'sent'), 'the delivery')
    expect(receiver.got).toHaveLength(good + 1)
  })

  it('delivers signed events of a call in order', async () => {
    outbox.start()
    outbox.enqueue(1, '5', '{"n":1}')
    await enqueue(1, '6', '{"n":2}')
    await until(() => states(1).length === 2 && states(1).every((state) => state === 'sent'))
    const [one, two] = store.outbox(1)
    expect(receiver.got).toEqual([
      { id: one?.callbackId, body: '{"n":1}', valid: true },
      { id: two?.callbackId, body: '{"n":2}', valid: true },
    ])
    expect(one?.callbackId).toMatch(/^1-[0-9a-f]{8}$/)
    expect(two?.callbackId).not.toBe(one?.callbackId)
    expect(store.outbox(1)).toMatchObject([
      { attempts: 1, lastError: null, sentAt: expect.any(Number) },
      { attempts: 1 },
    ])
  })

  it('keeps the order while the first one is retried, without delaying other calls', async () => {
    let failures = 2
    receiver.answer = (request, response) => {
      const last = receiver.got.at(-1)?.body
      if (last === '{"call":1,"n":1}' && failures-- > 0) withStatus(500)(request, response)
      else well(request, response)
    }
    outbox.start()
    outbox.enqueue(1, '5', '{"call":1,"n":1}')
    outbox.enqueue(1, '6', '{"call":1,"n":2}')
    await enqueue(2, '5', '{"call":2,"n":1}')
    await until(() => states(2)[0] === 'sent', 'the event of the other call')
    await failed(1)
    await untilNextTry()
    await failed(2)
    await untilNextTry()
    await until(() => states(1).every((state) => state === 'sent'))
    expect(receiver.got.map(({ body }) => body).filter((body) => body.includes('"call":1'))).toEqual([
      '{"call":1,"n":1}',
      '{"call":1,"n":1}',
      '{"call":1,"n":1}',
      '{"call":1,"n":2}',
    ])
    expect(receiver.got.every(({ valid }) => valid)).toBe(true)
  })

  it.each<[string, Behaviour, RegExp]>([
    ['500', withStatus(500), /answered 500/],
    ['204', withStatus(204), /answered 204/],
    ['a redirect', withStatus(302, { location: '/elsewhere' }), /answered 302/],
    ['a broken line', hangUp, /cannot reach the receiver/],
    ['half an answer', raw('HTTP/1.1 200 OK\r\nContent-'), /cannot reach the receiver/],
    ['endless interim answers', raw('HTTP/1.1 100 Continue\r\n\r\n'.repeat(50), false), /with HTTP|reach the receiver/],
    ['what is no HTTP', raw('SSH-2.0-OpenSSH_9.2\r\n'), /does not answer with HTTP/],
    ['bytes without sense', raw('\u0000\u0001\u0002\r\n\r\n'), /does not answer with HTTP/],
    ['headers without end', raw(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(200_000)}`), /does not answer with HTTP/],
  ])('counts %s as a failure, and retries', async (_, behaviour, lastError) => {
    receiver.answer = behaviour
    outbox.start()
    await enqueue(1, '5', '{}')
    await failed(1)
    await untilNextTry()
    await failed(2)
    expect(first()).toMatchObject({ state: 'waiting', lastError: expect.stringMatching(lastError) })
    receiver.answer = well
    await untilNextTry()
    await until(() => states(1)[0] === 'sent')
    expect(receiver.got).toHaveLength(3)
    expect(receiver.distinct).toHaveLength(1)
  })

  it.each<[string, Behaviour]>([
    ['silence', silence],
    ['an answer that never comes to its end', raw('HTTP/1.1 200 OK\r\nX-Slow: ', false)],
  ])('counts %s as a failure after the timeout, and retries', async (_, behaviour) => {
    receiver.answer = behaviour
    outbox.start()
    await enqueue(1, '5', '{}')
    await until(() => receiver.got.length === 1, 'the first try')
    await advance(RETRY_POLICY.timeout - 1)
    expect(first().attempts).toBe(0)
    await advance(1)
    await failed(1)
    expect(first().lastError).toBe('no answer within 5 s')
    receiver.answer = well
    await untilNextTry()
    await until(() => states(1)[0] === 'sent')
    expect(receiver.distinct).toHaveLength(1)
  })

  it('retries for over two hours with growing pauses, gives up, keeps the event, and sends it on request', async () => {
    receiver.answer = withStatus(503)
    outbox.start()
    const pauses: number[] = []
    await enqueue(1, '5', '{}')
    for (let tries = 1; tries < RETRY_POLICY.tries; tries++) {
      await failed(tries)
      expect(states(1)).toEqual(['waiting'])
      pauses.push((first().nextAttemptAt - Date.now()) / 1000)
      await untilNextTry()
    }
    await failed(RETRY_POLICY.tries)
    expect(states(1)).toEqual(['failed'])
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, ...Array<number>(9).fill(600)])
    // It stays given up, however much time passes.
    jest.setSystemTime(Date.now() + 86_400_000)
    await advance(LOOK)
    expect(receiver.got).toHaveLength(RETRY_POLICY.tries)

    receiver.answer = well
    expect(outbox.resend(1)).toBe(true)
    await until(() => states(1)[0] === 'sent')
    expect(outbox.resend(1)).toBe(false)
    expect(receiver.distinct).toHaveLength(1)
  })

  it.each<[string, Behaviour]>([
    ['without end', (_, response) => void response.writeHead(200).write('x'.repeat(1000))],
    ['that is nonsense', raw('HTTP/1.1 200 Fine\r\nContent-Length: 5\r\n\r\n\u0000\u0001')],
    ['that breaks off', raw('HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\nhalf')],
  ])('accepts 200 with a body %s', async (_, behaviour) => {
    receiver.answer = behaviour
    outbox.start()
    await enqueue(1, '5', '{}')
    await until(() => states(1)[0] === 'sent')
    expect(receiver.got).toHaveLength(1)
  })

  it("delivers after a receiver's outage", async () => {
    await receiver.down()
    outbox.start()
    await enqueue(1, '5', '{}')
    await failed(1)
    expect(first().lastError).toContain('ECONNREFUSED')
    await receiver.up()
    await untilNextTry()
    await until(() => states(1)[0] === 'sent')
  })

  it('sends after a restart what was not sent before, under the same id', async () => {
    receiver.answer = silence
    outbox.start()
    await enqueue(1, '5', '{"n":1}')
    await until(() => receiver.got.length === 1)
    receiver.answer = well
    await restart()
    await until(() => states(1)[0] === 'sent')
    expect(receiver.got).toHaveLength(2)
    expect(receiver.distinct).toHaveLength(1)
  })

  it('delivers every event through random faults, in order per call, and once by id', async () => {
    const woes: Behaviour[] = [withStatus(500), hangUp, silence, raw('nonsense\r\n\r\n')]
    // Each event has some failures before it is accepted.
    receiver.answer = (request, response) => {
      const { id } = receiver.got.at(-1) ?? { id: '' }
      const tries = receiver.got.filter((one) => one.id === id).length
      const woe = tries < 3 ? woes[(tries + receiver.distinct.length) % woes.length] : well
      woe?.(request, response)
    }
    const types = ['20', '5', '6'] as const
    await receiver.down()
    outbox.start()
    for (const type of types) for (const cid of [1, 2]) await enqueue(cid, type, JSON.stringify({ cid, type }))
    await failed(1)
    await receiver.up()
    for (let seen = 0; seen < 6; seen = receiver.distinct.length) {
      await pass(() => receiver.distinct.length > seen, 'the next event')
      await restart()
    }
    await pass(() => [...states(1), ...states(2)].every((state) => state === 'sent'), 'all to be taken')
    for (const cid of [1, 2]) {
      const bodies = receiver.distinct.map(({ body }) => JSON.parse(body)).filter((body) => body.cid === cid)
      expect(bodies).toEqual(types.map((type) => ({ cid, type })))
      // Including repetitions, no event comes before the previous one was accepted.
      const order = receiver.got.map(({ body }) => JSON.parse(body)).filter((body) => body.cid === cid)
      const places = order.map(({ type }) => types.indexOf(type))
      expect(places).toEqual(places.toSorted((a, b) => a - b))
    }
    expect(receiver.got.every(({ valid }) => valid)).toBe(true)
    for (const { id, body } of receiver.got) expect(receiver.distinct.find((one) => one.id === id)?.body).toBe(body)
  })

  it('continues with the next event of a call when one was given up, and sends that one later', async () => {
    receiver.answer = (request, response) =>
      (receiver.got.at(-1)?.body === '{"n":1}' ? withStatus(500) : well)(request, response)
    outbox.start()
    outbox.enqueue(1, '20', '{"n":1}')
    await enqueue(1, '5', '{"n":2}')
    await failed(1)
    // One failure before giving up.
    store.updateOutbox(first().id, { attempts: RETRY_POLICY.tries - 1 })
    await untilNextTry()
    await until(() => states(1)[1] === 'sent')
    expect(states(1)).toEqual(['failed', 'sent'])
    receiver.answer = well
    expect(outbox.resend(1)).toBe(true)
    await until(() => states(1)[0] === 'sent')
    expect(receiver.distinct.map(({ body }) => body)).toEqual(['{"n":1}', '{"n":2}'])
  })

  it('sends events that another process has put back into the queue', async () => {
    const { id, callbackId } = store.enqueue({ cid: 1, eventType: '5', body: '{}', now: 0 })
    store.updateOutbox(id, { state: 'failed', attempts: 4 })
    outbox.start()
    const other = openStore(join(folder, 'calls.db'))
    expect(other.requeueFailed({ callbackId: 'another' }, Date.now())).toBe(0)
    expect(other.requeueFailed({ callbackId }, Date.now())).toBe(1)
    other.close()
    await advance(LOOK - 1)
    expect(states(1)).toEqual(['waiting'])
    await advance(1)
    await until(() => states(1)[0] === 'sent')
    expect(receiver.got).toMatchObject([{ id: callbackId }])
  })

  it('does not send events of a transaction that was rolled back', async () => {
    outbox.start()
    const undone = (): void =>
      store.atomically(() => {
        outbox.enqueue(1, '5', '{"n":1}')
        throw new Error('the disk is full')
      })
    expect(undone).toThrow('the disk is full')
    await enqueue(1, '5', '{"n":2}')
    await until(() => states(1)[0] === 'sent')
    expect(receiver.got.map(({ body }) => body)).toEqual(['{"n":2}'])
  })

  it('ignores events that the app does not want', async () => {
    const some = { store, timeline: new Timeline(), log: createLog('silent'), target, events: ['5'] as const }
    const picky = new Outbox(some)
    picky.enqueue(1, '20', '{}')
    picky.enqueue(1, '5', '{}')
    expect(store.outbox(1).map(({ eventType }) => eventType)).toEqual(['5'])
    await picky.close()
  })
})

describe('the pause between attempts', () => {
  it('doubles up to a limit, with jitter', () => {
    expect([1, 2, 3, 4].map((failures) => retryDelay(failures, RETRY_POLICY, 0))).toEqual([1000, 2000, 4000, 8000])
    expect(retryDelay(1, RETRY_POLICY, 1)).toBe(750)
    expect(retryDelay(500, RETRY_POLICY, 0)).toBe(RETRY_POLICY.longestDelay)
  })
})
