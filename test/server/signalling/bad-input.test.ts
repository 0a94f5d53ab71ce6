import type { SignalMethod } from '../../../miniprogram/netcall/protocol'
import { startCallService, type CallService } from '../../support/call-service'
import { rawAnswer } from '../../support/signal-client'

let service: CallService
beforeAll(async () => {
  service = await startCallService()
})
afterAll(() => service.close())

const GOOD = {
  initNetcall: { type: 2, accounts: ['bob'], pushConfig: {}, webrtcEnable: true },
  keepCalling: { type: 2, accounts: ['bob'], channelId: 5 },
  calleeAck: { account: 'alice', channelId: 5, type: 2, accepted: true },
  hangup: { channelId: 5 },
  netcallControl: { channelId: 5, type: 1 },
  createChannel: { channelName: 'room', custom: '', webrtcEnable: true },
  joinChannel: { channelName: 'room' },
  queryAccountUidMap: { channelName: 'room', uids: [1] },
  sendMessage: { to: 'bob', content: 'hello' },
} satisfies Partial<Record<SignalMethod, object>>

const long = '字'.repeat(1400)
const WRONG: [keyof typeof GOOD, string, unknown][] = [
  ['initNetcall', 'type', 3],
  ['initNetcall', 'type', '2'],
  ['initNetcall', 'accounts', 'bob'],
  ['initNetcall', 'accounts', []],
  ['initNetcall', 'accounts', Array.from({ length: 33 }, (_, n) => `a${n}`)],
  ['initNetcall', 'accounts.0', [7]],
  ['initNetcall', 'accounts.0', ['no spaces, please']],
  ['initNetcall', 'accounts', ['alice']],
  ['initNetcall', 'pushConfig', null],
  ['initNetcall', 'pushConfig.custom', { custom: 1 }],
  ['initNetcall', 'pushConfig.custom', { custom: long }],
  ['initNetcall', 'pushConfig.forceKeepCalling', { forceKeepCalling: 'yes' }],
  ['initNetcall', 'webrtcEnable', 2],
  ['keepCalling', 'type', 0],
  ['keepCalling', 'accounts', undefined],
  ['keepCalling', 'channelId', '5'],
  ['calleeAck', 'account', ''],
  ['calleeAck', 'channelId', 1.5],
  ['calleeAck', 'channelId', 2 ** 60],
  ['calleeAck', 'type', true],
  ['calleeAck', 'accepted', 1],
  ['hangup', 'channelId', undefined],
  ['hangup', 'channelId', -1],
  ['netcallControl', 'channelId', null],
  ['netcallControl', 'type', 13],
  ['createChannel', 'channelName', ''],
  ['createChannel', 'channelName', 'x'.repeat(65)],
  ['createChannel', 'custom', undefined],
  ['createChannel', 'custom', long],
  ['createChannel', 'webrtcEnable', 'true'],
  ['joinChannel', 'channelName', 5],
  ['joinChannel', 'liveOption.liveEnable', { liveEnable: 2 }],
  ['queryAccountUidMap', 'channelName', undefined],
  ['queryAccountUidMap', 'uids', 5],
  ['queryAccountUidMap', 'uids.1', [1, 'x']],
  ['sendMessage', 'to', ['bob']],
  ['sendMessage', 'content', { text: 'hello' }],
  ['sendMessage', 'content', long],
]

test('each invalid field is named with the reason, and the connection stays usable', async () => {
  const alice = await service.device('alice')
  await service.device('bob')
  for (const [method, field, value] of WRONG) {
    const key = field.split('.')[0] ?? ''
    const answer = await alice.ask(method, { ...GOOD[method], [key]: value })
    expect({ method, value, ...answer }).toMatchObject({
      code: 400,
      message: expect.stringMatching(new RegExp(`^${field}: .{5}`)),
    })
    await alice.request('heartbeat', {})
  }
  for (const body of [undefined, null, 'text', 7, []]) {
    expect(await alice.ask('hangup', body)).toMatchObject({ code: 400, message: expect.stringMatching(/^body: /) })
  }
  expect(service.channels.size).toBe(0)
})

test('every valid body passes its schema', async () => {
  const alice = await service.device('alice')
  const methods: Record<keyof typeof GOOD, number> = {
    initNetcall: 200,
    keepCalling: 404,
    calleeAck: 404,
    hangup: 404,
    netcallControl: 404,
    createChannel: 200,
    joinChannel: 200,
    queryAccountUidMap: 200,
    sendMessage: 200,
  }
  const isMethod = (name: string): name is keyof typeof GOOD => name in GOOD
  await service.device('bob')
  for (const method of Object.keys(methods).filter(isMethod)) {
    expect({ method, ...(await alice.ask(method, GOOD[method])) }).toMatchObject({ method, code: methods[method] })
  }
})

test.each([
  ['not JSON', 'nonsense'],
  ['cut JSON', '{"sid":9,'],
  ['no object', '[1,2,3]'],
  ['null', 'null'],
  ['no numbers', '{"sid":"9","cid":"1","body":{}}'],
  ['binary', Buffer.from('{"sid":1,"cid":1,"seq":1,"body":{}}')],
])('a frame that is %s is answered 400 without harm', async (_, frame) => {
  const alice = await service.device('alice')
  alice.sendText(frame)
  const answer = await alice.take('the answer', ({ code }) => code === 400)
  expect(rawAnswer(answer)).toMatchObject({ message: expect.stringMatching(/^frame: /) })
  await alice.request('heartbeat', {})
})

test('an unknown request is answered 404 with its numbers', async () => {
  const alice = await service.device('alice')
  expect(await alice.askAt(9, 99, {})).toMatchObject({
    code: 404,
    message: 'sid, cid: unknown request 99 of service 9',
  })
  expect((await alice.askAt(42, 1, {})).code).toBe(404)
  expect((await alice.askAt(9, 2, {})).code).toBe(404)
})

test('an unknown call is answered 404', async () => {
  const alice = await service.device('alice')
  for (const method of ['hangup', 'calleeAck', 'netcallControl', 'keepCalling'] as const) {
    expect(await alice.ask(method, GOOD[method])).toMatchObject({ code: 404, message: expect.stringContaining('5') })
  }
})
