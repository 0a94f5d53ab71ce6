/** @jest-environment node */
/** The recording document's code with the instance and the real service: its requests must reach the gateway. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runInThisContext } from 'node:vm'
import * as constants from '../../../miniprogram/netcall/constants'
import type { JoinedChannel, Netcall } from '../../../miniprogram/netcall/types'
import type { MediaSession } from '../../../server/channels/types'
import { startCallService, tokenOf, type CallService } from '../../support/call-service'
import { controlClock } from '../../support/clock'
import { until } from '../../support/until'
import { installWxSocket } from '../../support/wx-socket'
import { phone, type Phone } from './phone'

interface SeedPage {
  data: Record<string, unknown>
  livePusherContext?: unknown
  listen(): void
  acceptCallHandler(event: object): void
  join(others: object): Promise<JoinedChannel>
}
interface World {
  netcallInstance: Netcall
  constants: object
  wx: object
  showToast: () => void
  options: object
}

const seedPage: (world: World) => SeedPage = runInThisContext(readFileSync(join(__dirname, 'seed-page.js.txt'), 'utf8'))

installWxSocket()
// Stands still: nothing here depends on time.
controlClock()
let service: CallService
const phones: Phone[] = []
/** The recording requests at the gateway, by account. */
let asked: Record<string, MediaSession['recording']>

beforeEach(async () => {
  service = await startCallService()
  asked = {}
  service.channels.on('joined', (_channel, { account, session }) => {
    if (session) asked[account] = session.recording
  })
})
afterEach(async () => {
  for (const { im } of phones.splice(0)) im.disconnect()
  await service.close()
})

async function openPage(account: string, data: object, options: object = {}): Promise<SeedPage & { phone: Phone }> {
  const one = phone(`127.0.0.1:${service.port}`, account, tokenOf(account))
  phones.push(one)
  await one.im.connect()
  const wx = { createLivePusherContext: () => 'a pusher' }
  const page = seedPage({ netcallInstance: one.netcall, constants, wx, showToast: () => {}, options })
  Object.assign(page.data, data)
  page.listen()
  return Object.assign(page, { phone: one })
}

const SINGLES = { type: '2', live: false, hostSpeaker: false }
const cases: [string, object, object][] = [
  ['nothing said', {}, { audio: false, video: false, type: '0', live: false, hostSpeaker: false }],
  ['a number', { recordAudio: true, recordType: 2 }, { audio: true, video: false, ...SINGLES }],
  ['the number 0', { recordVideo: 1, recordType: 0 }, { audio: false, video: true, ...SINGLES, type: '0' }],
  [
    'a string',
    { recordAudio: 1, recordVideo: 1, recordType: '1' },
    { audio: true, video: true, ...SINGLES, type: '1' },
  ],
]

test.each(cases)('one-to-one, recordType: %s', async (_name, data, wanted) => {
  const caller = await openPage('alice', data)
  const callee = await openPage('bob', data)
  await caller.phone.netcall.call({ type: 2, callee: 'bob' })
  await until(() => callee.data['ringing'] === true, 'the page asks whether to accept')
  callee.acceptCallHandler({})
  await until(() => 'alice' in asked && 'bob' in asked, 'both are at the gateway')
  expect(asked).toEqual({ alice: wanted, bob: wanted })
  for (const { phone } of [caller, callee]) await until(() => phone.payloads('syncDone').length > 0, 'both are in')
  expect(caller.data['streamNeedReconnect']).toBe(true)
  expect(caller.data['loginUser']).toMatchObject({ account: 'alice', uid: service.uidOf('alice') })
  expect(caller.livePusherContext).toBe('a pusher')
  expect(caller.data['mode']).toBe(0)
  expect(callee.data['mode']).toBe(0)
})

test.each([
  [{}, { audio: false, video: false, live: false, type: '0', hostSpeaker: false }],
  [
    { rtmpRecord: 1, recordAudio: 1, recordVideo: 1, recordType: 1 },
    { audio: true, video: true, live: true, type: '1', hostSpeaker: false },
  ],
])('in a room, options %j', async (options, wanted) => {
  const page = await openPage('alice', {}, options)
  await page.phone.netcall.createChannel({ channelName: 'room' })
  await page.join({ channelName: 'room', mode: 0, role: 0 })
  expect(asked).toEqual({ alice: wanted })
})
