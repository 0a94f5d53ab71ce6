/** Budgets of an account: the last allowed request, the first refused one, and others unaffected. */
import type { SignalMethod } from '../../../miniprogram/netcall/protocol'
import { ringUp, startCallService, type CallService } from '../../support/call-service'
import { controlClock } from '../../support/clock'
import type { SignalClient } from '../../support/signal-client'
import { until } from '../../support/until'

let service: CallService
beforeEach(async () => {
  controlClock()
  service = await startCallService()
})
afterEach(() => service.close())

const call = (accounts: string[]) => ({ type: 2, accounts, pushConfig: {}, webrtcEnable: true })
const message = (to: string) => () => ({ to, content: 'hello' })
const room = (at: number) => ({ channelName: `room ${at}`, custom: '', webrtcEnable: true })

/** Number of these that succeed in a row before the first refusal for rate; and that refusal. */
async function doneOf(device: SignalClient, method: SignalMethod, bodyOf: (at: number) => object) {
  for (let at = 0; at < 100; at++) {
    const { code, message } = await device.ask(method, bodyOf(at))
    if (code === 416) return { done: at, message }
    if (method === 'initNetcall') {
      const [cid] = service.channels.callsOf('mallory').map((channel) => channel.cid)
      if (cid !== undefined) await device.request('hangup', { channelId: cid })
    }
  }
  throw new Error(`${method} is not limited`)
}

describe('one account, repeatedly', () => {
  test('calls another one: five, then one in ten seconds; calls with others still work', async () => {
    const [mallory, bob] = [await service.device('mallory'), await service.device('bob')]
    const [carol, alice] = [await service.device('carol'), await service.device('alice')]
    expect(await doneOf(mallory, 'initNetcall', () => call(['bob']))).toEqual({
      done: 5,
      message: 'accounts: too many calls to one account in a short time (5 at once, then one in 10 s)',
    })
    expect(service.limits).toEqual(['account'])
    await ringUp(mallory, 'carol')
    await carol.next('beCalled')
    await ringUp(alice, 'bob')
    expect(await bob.next('beCalled', ({ account }) => account === 'alice')).toMatchObject({ account: 'alice' })
    expect(await bob.untaken('beCalled')).toHaveLength(5)
    const [cid] = service.channels.callsOf('mallory').map((channel) => channel.cid)
    await mallory.request('hangup', { channelId: cid ?? 0 })
    await service.pass(10_000)
    expect(await doneOf(mallory, 'initNetcall', () => call(['bob']))).toMatchObject({ done: 1 })
  })

  test('calls many: ten, then one in two seconds', async () => {
    const mallory = await service.device('mallory')
    for (let at = 0; at < 20; at++) await service.device(`callee-${at}`)
    expect(await doneOf(mallory, 'initNetcall', (at) => call([`callee-${at}`]))).toMatchObject({ done: 10 })
  })

  test('repeats a call: five at once', async () => {
    const mallory = await service.device('mallory')
    const bob = await service.device('bob')
    const channelId = await ringUp(mallory, 'bob')
    const repetition = { type: 2 as const, accounts: ['bob'], channelId }
    expect(await doneOf(mallory, 'keepCalling', () => repetition)).toMatchObject({ done: 5 })
    expect(await bob.untaken('beCalled')).toHaveLength(6)
    // Like phones, every three seconds.
    for (let at = 0; at < 10; at++) {
      await service.pass(3_000)
      expect(await mallory.request('keepCalling', repetition)).toEqual({ accounts: ['bob'] })
    }
  })

  test('sends messages: twenty at once to one, forty to all', async () => {
    const mallory = await service.device('mallory')
    for (const account of ['bob', 'carol', 'dave']) await service.device(account)
    expect(await doneOf(mallory, 'sendMessage', message('bob'))).toMatchObject({ done: 20 })
    // The refused one counts for all, not for bob.
    expect(await doneOf(mallory, 'sendMessage', message('carol'))).toMatchObject({ done: 19 })
    expect(await mallory.ask('sendMessage', { to: 'dave', content: 'hello' })).toMatchObject({
      code: 416,
      message: expect.stringMatching(/^to: too many messages in a short time/),
    })
  })

  test('opens rooms, sends control commands and lists contacts', async () => {
    const mallory = await service.device('mallory')
    expect(await doneOf(mallory, 'createChannel', room)).toMatchObject({ done: 20 })
    expect(await doneOf(mallory, 'netcallControl', () => ({ channelId: 1, type: 1 }))).toMatchObject({ done: 40 })
    await service.pass(1_000)
    expect(await doneOf(mallory, 'listContacts', () => ({}))).toMatchObject({ done: 20 })
  })

  test('is in at most eight rooms at once', async () => {
    const mallory = await service.device('mallory')
    for (let at = 1; at <= 9; at++) {
      await mallory.request('createChannel', { channelName: `room ${at}`, custom: '', webrtcEnable: true })
      const answer = await mallory.ask('joinChannel', { channelName: `room ${at}` })
      expect([at, answer.code]).toEqual([at, at <= 8 ? 200 : 409])
    }
    await mallory.request('hangup', { channelId: service.channels.roomOf('room 1', 'mallory').cid })
    await mallory.request('joinChannel', { channelName: 'room 9' })
  })
})

test('eight calls ring for one account; a ninth caller is refused, and can still be called', async () => {
  const bob = await service.device('bob')
  for (let at = 1; at <= 8; at++) await ringUp(await service.device(`caller-${at}`), 'bob')
  const late = await service.device('late')
  expect(await late.ask('initNetcall', call(['bob']))).toMatchObject({
    code: 416,
    message: 'accounts: 8 calls ring for "bob" already',
  })
  expect(await bob.untaken('beCalled')).toHaveLength(8)
  await ringUp(bob, 'late')
  expect(await late.next('beCalled')).toMatchObject({ account: 'bob' })
})

test('messages to a phone that does not read are dropped before its calls', async () => {
  const bob = await service.device('bob')
  const content = 'x'.repeat(4_000)
  bob.pause()
  let code = 200
  for (let sender = 0; code === 200; sender++) {
    const mallory = await service.device(`sender-${sender}`)
    while (code === 200) ({ code } = await mallory.ask('sendMessage', { to: 'bob', content }))
    // As many as one account may send; the next account continues.
    if (code === 416) code = 200
  }
  expect(code).toBe(11001)
  const alice = await service.device('alice')
  await ringUp(alice, 'bob')
  bob.resume()
  await until(async () => (await bob.next('beCalled'))['account'] === 'alice', 'the call')
})
