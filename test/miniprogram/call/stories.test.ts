/**
 * @jest-environment node
 *
 * Whole calls from controller to controller, with every provider.
 */
import { CallController } from '../../../miniprogram/call/controller'
import { isActive, isInRoom, type CallState } from '../../../miniprogram/call/state'
import { DEFAULT_SETTINGS } from '../../../miniprogram/services/settings'
import { until } from '../../support/until'
import { describeProviders, type Phone } from '../netcall/providers'

interface App extends Phone {
  call: CallController
  /** Every phase so far, with the reason of each end. */
  story: string[]
}

const settings = () => ({ ...DEFAULT_SETTINGS, recordAudio: true })

describeProviders((phones) => {
  const apps: App[] = []
  beforeEach(() => jest.spyOn(console, 'warn').mockImplementation(() => {}))
  afterEach(() => {
    for (const { call } of apps.splice(0)) call.detach()
  })

  async function signIn(account: string): Promise<App> {
    const one = await phones.signIn(account)
    const call = new CallController({ settings })
    const story: string[] = []
    call.subscribe((state, { phase }) => {
      if (state.phase !== phase) story.push(state.phase === 'ended' ? state.reason : state.phase)
    })
    const app = { ...one, call, story }
    apps.push(app)
    call.attach(one.netcall, one.im)
    return app
  }
  const both = async (): Promise<[App, App]> => [await signIn('alice'), await signIn('bob')]
  const phase = (one: App, wanted: CallState['phase']) =>
    until(() => one.call.state.phase === wanted, `${one.im.account} is ${wanted}: ${one.story.join(', ')}`)
  /** Nothing is left of any call, neither here nor at the service. */
  async function over(...ended: App[]): Promise<void> {
    for (const one of ended) await phase(one, 'ended')
    await until(() => phones.service.channels.size === 0, 'the service has no call')
    for (const { netcall } of ended) expect(await netcall.getStatus()).toMatchObject({ phase: 'idle', cid: null })
  }
  async function talk(caller: App, callee: App, kind: 'audio' | 'video'): Promise<void> {
    caller.call.callUser(callee.im.account, kind)
    await phase(callee, 'incoming')
    callee.call.accept()
    await phase(caller, 'talking')
    await phase(callee, 'talking')
  }
  const remote = ({ call: { state } }: App) => (isActive(state) ? state.remote : null)

  test('an audio call is muted, becomes a video call, is left for a while, and hung up', async () => {
    const [alice, bob] = await both()
    await talk(alice, bob, 'audio')
    await until(() => remote(bob)?.url?.startsWith('rtmp:') === true, 'the stream')
    await until(() => remote(bob)?.recording.audio === true, 'who records says so')
    alice.call.toggleMicrophone()
    await until(() => remote(bob)?.microphone === false, 'bob sees that alice is muted')
    alice.call.askForVideo()
    await until(() => isActive(bob.call.state) && bob.call.state.videoRequest === 'asked', 'bob is asked')
    bob.call.answerVideo(true)
    await until(() => alice.call.state.phase === 'talking' && alice.call.state.kind === 'video', 'video')
    await until(() => remote(bob)?.camera === true && remote(bob)?.microphone === false, 'the picture')
    alice.call.setAway(true)
    await until(() => remote(bob)?.away === true, 'away')
    alice.call.setAway(false)
    await until(() => remote(bob)?.away === false, 'back')
    alice.call.hangUp()
    await over(alice, bob)
    expect(alice.story).toEqual(['outgoing', 'connecting', 'talking', 'hung-up'])
    expect(bob.story).toEqual(['incoming', 'connecting', 'talking', 'peer-hung-up'])
    expect([...alice.payloads('error'), ...bob.payloads('error')]).toEqual([])
  })

  test('busy, declined, cancelled, and called again at once', async () => {
    const [alice, bob] = await both()
    const carol = await signIn('carol')
    await talk(alice, bob, 'video')
    carol.call.callUser('alice', 'audio')
    await phase(carol, 'ended')
    expect(carol.story).toEqual(['outgoing', 'peer-busy'])
    bob.call.hangUp()
    await over(alice, bob, carol)
    carol.call.callUser('bob', 'audio')
    await phase(bob, 'incoming')
    bob.call.reject()
    await phase(carol, 'ended')
    expect(carol.story.at(-1)).toBe('peer-rejected')
    for (let round = 1; round <= 3; round++) {
      bob.call.callUser('carol', 'audio')
      await phase(carol, 'incoming')
      bob.call.hangUp()
      await phase(carol, 'ended')
    }
    expect(carol.story.at(-1)).toBe('peer-cancelled')
    await talk(bob, carol, 'audio')
  })

  test('two accounts that call each other at the same moment get connected', async () => {
    const [alice, bob] = await both()
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

  test.each(['outgoing', 'incoming', 'connecting', 'talking'] as const)(
    'who signs out when %s leaves nobody waiting, and can come back',
    async (when) => {
      const [alice, bob] = await both()
      const [leaver, other] = when === 'incoming' ? [bob, alice] : [alice, bob]
      const signOut = (): void => {
        leaver.call.detach()
        leaver.im.disconnect()
      }
      alice.call.callUser('bob', 'video')
      await phase(bob, 'incoming')
      if (when === 'connecting') {
        const stop = leaver.call.subscribe(({ phase: now }) => {
          if (now !== 'connecting') return
          stop()
          queueMicrotask(signOut)
        })
      }
      if (when === 'connecting' || when === 'talking') bob.call.accept()
      if (when === 'talking') await phase(other, 'talking')
      if (when !== 'connecting') {
        await phase(leaver, when)
        signOut()
      }
      await over(leaver, other)
      expect(other.story.at(-1)).toMatch(/^peer-(cancelled|rejected|hung-up)$/)
      await leaver.im.connect()
      leaver.call.attach(leaver.netcall, leaver.im)
      await talk(leaver, other, 'audio')
    },
  )

  test('a group call: one joins, one is busy, an audience member joins by name, and all leave', async () => {
    const [alice, bob] = await both()
    const [carol, dave] = [await signIn('carol'), await signIn('dave')]
    dave.call.join('elsewhere', 'audio', 'host')
    await phase(dave, 'in')
    alice.call.callGroup(['bob', 'dave'], 'video')
    await phase(bob, 'invited')
    bob.call.accept()
    await phase(bob, 'in')
    const { state } = alice.call
    if (!isInRoom(state)) throw new Error('alice is not in')
    await until(() => isInRoom(alice.call.state) && alice.call.state.members.length === 1, 'bob came')
    await until(
      () => isInRoom(alice.call.state) && alice.call.state.invitees.some((one) => one.state === 'busy'),
      'dave is busy',
    )
    carol.call.join(state.room, 'video', 'audience')
    await until(() => isInRoom(carol.call.state) && carol.call.state.members.length === 2, 'carol sees both')
    expect(carol.call.state).toMatchObject({ local: { url: null }, title: 'alice, bob, dave' })
    bob.call.hangUp()
    await until(() => isInRoom(alice.call.state) && !alice.call.state.members.some((one) => one.account === 'bob'))
    for (const one of [alice, carol, dave]) one.call.hangUp()
    await until(() => phones.service.channels.size === 0, 'the rooms are closed')
    expect(alice.story).toEqual(['joining', 'in', 'left'])
    expect(carol.story).toEqual(['joining', 'in', 'left'])
    await talk(alice, bob, 'audio')
  })

  test.each(['the caller', 'the callee'])(
    'answer and cancellation cross, %s being quicker: both are free',
    async (quick) => {
      const [alice, bob] = await both()
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

  test('two devices of an account answer at the same moment: one connects, the other shows that it was answered', async () => {
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
    const [alice, bob] = await both()
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
    const [alice, bob] = await both()
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

  test('a stopping service ends a ringing call on both phones', async () => {
    const [alice, bob] = await both()
    alice.call.callUser('bob', 'audio')
    await phase(bob, 'incoming')
    phones.service.channels.close()
    await over(alice, bob)
    // NetEase's SDK passes no reason on.
    const ends = phones.isLocal ? ['service-stopped', 'service-stopped'] : ['no-answer', 'peer-cancelled']
    expect([alice.story.at(-1), bob.story.at(-1)]).toEqual(ends)
  })
})
