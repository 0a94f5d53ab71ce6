import { GATEWAY_RULES } from '../../../server/gateway/gateway'
import { TICKET_TTL } from '../../../server/gateway/tickets'
import { startCallService, type CallService } from '../../support/call-service'
import { advance, controlClock } from '../../support/clock'
import { GatewayClient } from '../../support/gateway-client'

let service: CallService
beforeEach(async () => {
  controlClock()
  service = await startCallService()
})
afterEach(() => service.close())

const pushed = (cid: number, uid: number) =>
  expect.stringMatching(`^rtmp://127.0.0.1/live/${cid}-${uid}\\?action=publish`)
const played = (cid: number, uid: number) => expect.stringMatching(`^rtmp://127.0.0.1/live/${cid}-${uid}\\?action=play`)

test('both members log in: each gets push and play URLs, the first is notified of the second', async () => {
  const { cid } = await service.answeredCall('alice', 'bob')
  const [uidA, uidB] = [service.uidOf('alice'), service.uidOf('bob')]
  const alice = await service.mediaLink('alice', cid)
  const own = { uid: uidA, accid: 'alice', cid, url: pushed(cid, uidA), mode: 0 }
  expect(await alice.ask('login', service.loginOf('alice', cid))).toEqual({ code: 200, userlist: [own] })

  const bob = await service.mediaLink('bob', cid)
  expect(await bob.ask('login', { ...service.loginOf('bob', cid), mode: 1 })).toEqual({
    code: 200,
    userlist: [
      { uid: uidB, accid: 'bob', cid, url: pushed(cid, uidB), mode: 1 },
      { uid: uidA, accid: 'alice', cid, url: played(cid, uidA), mode: 0 },
    ],
  })
  expect(await alice.next('clientJoin')).toEqual({ uid: uidB, accid: 'bob', cid, url: played(cid, uidB), mode: 1 })
  expect(service.channels.get(cid)?.members.get(uidB)).toMatchObject({ state: 'joined', session: { mode: 1, role: 0 } })
})

test.each([
  [
    { recordAudio: 1, recordVideo: 1, recordType: '2' },
    { audio: true, video: true, type: '2' },
  ],
  [
    { recordAudio: 1, recordVideo: 0, recordType: 0 },
    { audio: true, video: false, type: '0' },
  ],
  [
    { recordType: 1, rtmpRecord: 1, isHostSpeaker: 1 },
    { audio: false, type: '1', live: true, hostSpeaker: true },
  ],
  [
    { recordType: undefined, recordAudio: undefined },
    { audio: false, video: false, live: false, type: '0', hostSpeaker: false },
  ],
])('the recording request %j is stored as %j', async (wish, request) => {
  const { cid } = await service.answeredCall('alice', 'bob')
  await service.session('alice', cid, wish)
  expect(service.channels.get(cid)?.members.get(service.uidOf('alice'))?.session?.recording).toMatchObject(request)
})

test.each([
  ['another account', { accid: 'bob' }, 403, /^accid: /],
  ['another uid', { uid: 1_002 }, 403, /^uid: /],
  ['another channel', { cid: 12_345 }, 403, /^cid: /],
  ['a call entered as a room', { scene: 1 }, 403, /^scene: /],
  ['encryption', { encryptType: 2, encryptKey: 'top secret' }, 418, /^encryptType: /],
])('%s: refused with a reason, and closed', async (_, change, code, errmsg) => {
  const { cid } = await service.answeredCall('alice', 'bob')
  const link = await service.mediaLink('alice', cid)
  const answer = await link.ask('login', { ...service.loginOf('alice', cid), ...change })
  expect(answer).toEqual({ code, errmsg: expect.stringMatching(errmsg), userlist: [] })
  expect(JSON.stringify([answer, service.timeline.recent()])).not.toMatch(/secret/)
  expect((await link.closed).code).toBe(1000)
  expect(service.gateway.sessionCount).toBe(0)
})

test('a login before the answer and one after the end of the call are refused', async () => {
  const { cid, a } = await service.answeredCall('alice', 'bob')
  const late = await service.mediaLink('alice', cid)
  await a.request('hangup', { channelId: cid })
  expect(await late.ask('login', service.loginOf('alice', cid))).toMatchObject({ code: 417 })

  const carol = await service.device('carol')
  const call = await carol.request('initNetcall', { type: 2, accounts: ['bob'], pushConfig: {}, webrtcEnable: true })
  const next = Number(call['channelId'])
  const bob = await service.mediaLink('bob', next)
  expect(await bob.ask('login', service.loginOf('bob', next))).toMatchObject({
    code: 403,
    errmsg: expect.stringContaining('answer'),
  })
})

const refusalOf = async (url: string) => (await GatewayClient.open(url)).closed

describe('the ticket in the address', () => {
  const refused = { code: 4401, reason: expect.stringMatching(/^the URL has no valid ticket/) }

  test('is required, and cannot be forged or modified by a client', async () => {
    const { cid } = await service.answeredCall('alice', 'bob')
    const ticket = service.gatewayOf('alice', cid).split('/').at(-1) ?? ''
    const [channel, uid, epoch, expires, signature] = ticket.split('.')
    const bob = service.uidOf('bob').toString(36)
    const forged = [
      '',
      '1',
      'a.b.c.d.e',
      `${channel}.${bob}.${epoch}.${expires}.${signature}`,
      `${channel}.${uid}.${epoch}.zzzzzzzz.${signature}`,
      `${ticket}.x`,
      ticket.slice(0, -1),
      `${channel}.${uid}.${epoch}..${signature}`,
      ticket.toUpperCase(),
    ]
    for (const wrong of forged) expect(await refusalOf(`${service.base}/gateway/${wrong}`)).toEqual(refused)
    expect(await refusalOf(`${service.base}/gateway`)).toEqual(refused)
    const link = await service.mediaLink('alice', cid)
    expect(await link.ask('login', service.loginOf('alice', cid))).toMatchObject({ code: 200 })
  })

  test('is in each answer that leads into a call, for the caller and for each callee', async () => {
    const [alice, bob] = [await service.device('alice'), await service.device('bob')]
    const call = await alice.request('initNetcall', { type: 2, accounts: ['bob'], pushConfig: {}, webrtcEnable: true })
    const cid = Number(call['channelId'])
    const called = await bob.next('beCalled')
    const again = await (await service.device('bob')).next('beCalled')
    await bob.request('calleeAck', { account: 'alice', channelId: cid, type: 2, accepted: true })
    for (const [account, way] of [['alice', call] as const, ['bob', called] as const, ['bob', again] as const]) {
      const link = service.kept(await GatewayClient.openAt(way))
      expect(await link.ask('login', service.loginOf(account, cid))).toMatchObject({ code: 200 })
    }
  })

  test('expires for a first login after ten minutes, but not for a member that reconnects', async () => {
    const { cid } = await service.answeredCall('alice', 'bob')
    const [alice, bob] = [service.gatewayOf('alice', cid), service.gatewayOf('bob', cid)]
    const { client } = await service.session('alice', cid)
    jest.setSystemTime(Date.now() + TICKET_TTL)
    const back = service.kept(await GatewayClient.open(alice))
    expect(await back.ask('login', service.loginOf('alice', cid))).toMatchObject({ code: 200 })
    expect(await client.next('kicked')).toMatchObject({ cid })
    const late = service.kept(await GatewayClient.open(bob))
    expect(await late.ask('login', service.loginOf('bob', cid))).toMatchObject({
      code: 403,
      errmsg: expect.stringMatching(/has expired/),
    })
  })
})

test('each invalid field is named with the reason; a valid login still works on the connection', async () => {
  const { cid } = await service.answeredCall('alice', 'bob')
  let link = await service.mediaLink('alice', cid)
  const wrong: Record<string, unknown[]> = {
    uid: ['1001', 1.5, -1, null, undefined],
    cid: ['1', 0, {}],
    accid: [5, '', 'no spaces'],
    token: [7, undefined, 'x'.repeat(5_000)],
    mode: [4, '0', undefined],
    scene: [2, 'P2P'],
    usertype: [1, '2'],
    role: [2, 'host'],
    liveEnable: [2],
    webrtc: ['1'],
    recordAudio: [2, '1', true],
    recordVideo: [-1, null],
    rtmpRecord: ['OPEN'],
    rtmpUrl: [5],
    splitMode: ['a'],
    layout: [{}],
    recordType: ['3', 3, '', 'mix', true, null, {}],
    isHostSpeaker: [2],
    encryptType: [1, 7, 'none'],
    encryptKey: [5],
  }
  for (const [field, values] of Object.entries(wrong)) {
    link = await service.mediaLink('alice', cid)
    for (const value of values) {
      const answer = await link.ask('login', { ...service.loginOf('alice', cid), [field]: value })
      expect({ value, ...answer }).toMatchObject({
        code: 400,
        errmsg: expect.stringMatching(new RegExp(`^${field}: .{5}`)),
      })
    }
  }
  expect(await link.ask('login', service.loginOf('alice', cid))).toMatchObject({ code: 200 })
  expect(await link.ask('login', service.loginOf('alice', cid))).toMatchObject({ code: 409 })
})

test('nothing else is possible before the login', async () => {
  const { cid } = await service.answeredCall('alice', 'bob')
  const link = await service.mediaLink('alice', cid)
  const who = { uid: service.uidOf('alice'), cid }
  for (const method of ['heartbeat', 'logout', 'getUploadUserList'] as const) {
    expect(await link.ask(method, who)).toMatchObject({ code: 403, errmsg: 'log in first' })
  }
  expect(await link.ask('updatePushMode', { ...who, mode: 1 })).toMatchObject({ code: 403 })
  expect(service.channels.get(cid)?.state).toBe('active')
})

test.each([
  ['not JSON', 'nonsense', -1],
  ['no object', '"text"', -1],
  ['without numbers', '{"cmd":"0","body":{}}', -1],
  ['binary', Buffer.from('{"cmd":2,"seq":1,"body":{}}'), -1],
  ['an unknown command', '{"cmd":99,"seq":5,"body":{}}', 99],
])('a frame that is %s is answered without harm', async (_, frame, cmd) => {
  const { cid } = await service.answeredCall('alice', 'bob')
  const { client, who } = await service.session('alice', cid)
  client.sendText(frame)
  const answer = await client.take('the answer', (one) => one['cmd'] === cmd)
  expect(answer['body']).toMatchObject({ code: cmd < 0 ? 400 : 404, errmsg: expect.stringMatching(/^(frame|cmd): /) })
  expect(await client.ask('heartbeat', who)).toEqual({ code: 200 })
})

test('a connection without login is closed in time, whatever else it sends', async () => {
  const { cid } = await service.answeredCall('alice', 'bob')
  const { client, who } = await service.session('alice', cid)
  const idle = await service.mediaLink('alice', cid)
  await advance(GATEWAY_RULES.login - 1)
  expect(await idle.ask('heartbeat', who)).toMatchObject({ code: 403, errmsg: 'log in first' })
  await client.beat()
  await advance(1)
  expect(await idle.closed).toEqual({ code: 1000, reason: 'no login' })
  expect(await client.ask('heartbeat', who)).toEqual({ code: 200 })
})
