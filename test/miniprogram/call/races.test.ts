/** @jest-environment node */
import { CallController } from '../../../miniprogram/call/controller'
import type { CallState } from '../../../miniprogram/call/state'
import { DEFAULT_SETTINGS } from '../../../miniprogram/services/settings'
import { startCallService, tokenOf, type CallService } from '../../support/call-service'
import { until } from '../../support/until'
import { installWxSocket, openSockets } from '../../support/wx-socket'
import { FAST, phone, type Phone } from '../netcall/phone'

installWxSocket()

interface App extends Phone {
  call: CallController
  /** Every phase so far, with the reason of each end. */
  story: string[]
}

let service: CallService
const apps: App[] = []
async function signIn(account: string): Promise<App> {
  const one = phone(`127.0.0.1:${service.port}`, account, FAST, tokenOf(account))
  const call = new CallController({ settings: () => DEFAULT_SETTINGS })
  const story: string[] = []
  call.subscribe((state, { phase }) => {
    if (state.phase !== phase) story.push(state.phase === 'ended' ? state.reason : state.phase)
  })
  const app = { ...one, call, story }
  apps.push(app)
  await one.im.connect()
  call.attach(one.netcall, one.im)
  return app
}

beforeEach(async () => {
  service = await startCallService()
})
afterEach(async () => {
  for (const { call, im } of apps.splice(0)) {
    call.detach()
    im.disconnect()
  }
  await until(() => openSockets() === 0, 'all sockets are closed')
  await service.close()
})

const phase = (one: App, wanted: CallState['phase']) =>
  until(() => one.call.state.phase === wanted, `${one.im.account} is ${wanted}: ${one.story.join(', ')}`)
/** Nothing is left of any call: not here, and not at the service. */
async function over(...phones: App[]): Promise<void> {
  for (const one of phones) await phase(one, 'ended')
  await until(() => service.channels.size === 0, 'the service has no call')
  for (const { netcall } of phones) expect(await netcall.getStatus()).toMatchObject({ phase: 'idle', cid: null })
}

test('two who call each other at the same moment get to talk', async () => {
  const [alice, bob] = [await signIn('alice'), await signIn('bob')]
  alice.call.callUser('bob', 'audio')
  bob.call.callUser('alice', 'audio')
  await phase(bob, 'incoming')
  bob.call.accept()
  await phase(alice, 'talking')
  await phase(bob, 'talking')
  alice.call.hangUp()
  await over(alice, bob)
  expect(alice.story).toEqual(['outgoing', 'connecting', 'talking', 'hung-up'])
  expect(bob.story).toEqual(['outgoing', 'incoming', 'connecting', 'talking', 'peer-hung-up'])
})

test.each(['the caller', 'the callee'])(
  'answer and cancellation cross, %s being quicker: both are free',
  async (quick) => {
    const [alice, bob] = [await signIn('alice'), await signIn('bob')]
    alice.call.callUser('bob', 'video')
    await phase(bob, 'incoming')
    if (quick === 'the caller') alice.call.hangUp()
    bob.call.accept()
    alice.call.hangUp()
    await over(alice, bob)
    expect(alice.story).toEqual(['outgoing', 'cancelled'])
    expect(bob.story.slice(0, 2)).toEqual(['incoming', 'connecting'])
    expect(bob.story.slice(2)).toEqual([expect.stringMatching(/^peer-(hung-up|cancelled)$/)])
  },
)

test('two devices of an account answer at the same moment: one talks, the other hears that it was answered', async () => {
  const [alice, bob, tablet] = [await signIn('alice'), await signIn('bob'), await signIn('bob')]
  alice.call.callUser('bob', 'audio')
  await phase(bob, 'incoming')
  await phase(tablet, 'incoming')
  bob.call.accept()
  tablet.call.accept()
  await phase(bob, 'talking')
  await phase(tablet, 'ended')
  expect(tablet.story).toEqual(['incoming', 'connecting', 'answered-elsewhere'])
  expect(tablet.call.state).toMatchObject({ duration: 0 })
  await phase(alice, 'talking')
  alice.call.hangUp()
  await over(alice, bob, tablet)
  expect(bob.story.at(-1)).toBe('peer-hung-up')
})

test.each(['alice', 'bob'])('%s hangs up while the session is being entered', async (account) => {
  const [alice, bob] = [await signIn('alice'), await signIn('bob')]
  const [first, second] = account === 'alice' ? [alice, bob] : [bob, alice]
  first.call.subscribe((state) => {
    if (state.phase === 'connecting') queueMicrotask(() => first.call.hangUp())
  })
  alice.call.callUser('bob', 'video')
  await phase(bob, 'incoming')
  bob.call.accept()
  await over(first, second)
  expect(first.story.slice(1)).toEqual(['connecting', 'hung-up'])
  expect(second.story.at(-1)).toMatch(/^peer-/)
})

test('both hang up at the same moment, and can call again at once', async () => {
  const [alice, bob] = [await signIn('alice'), await signIn('bob')]
  alice.call.callUser('bob', 'audio')
  await phase(bob, 'incoming')
  bob.call.accept()
  await phase(alice, 'talking')
  await phase(bob, 'talking')
  alice.call.hangUp()
  bob.call.hangUp()
  await over(alice, bob)
  expect([alice.story.at(-1), bob.story.at(-1)]).toEqual(['hung-up', 'hung-up'])
  bob.call.callUser('alice', 'audio')
  await phase(alice, 'incoming')
})

test('a service that stops ends the call that rings, on both phones', async () => {
  const [alice, bob] = [await signIn('alice'), await signIn('bob')]
  alice.call.callUser('bob', 'audio')
  await phase(bob, 'incoming')
  service.channels.close()
  await over(alice, bob)
  expect([alice.story.at(-1), bob.story.at(-1)]).toEqual(['service-stopped', 'service-stopped'])
})
