import type { CallState } from '../../../miniprogram/call/state'
import { connecting, ended, incoming, localMedia } from '../../support/calls'
import { nameOfGroupCall } from '../../../miniprogram/call/room/name'
import { roomEnded, roomInvited, roomJoining } from '../../support/rooms'
import { fakeApp, mountPage, settle, type FakeApp, type Mounted } from '../../support/simulate'

async function open(call: CallState, app = fakeApp({ call })): Promise<{ app: FakeApp; page: Mounted }> {
  return { app, page: await mountPage('pages/incoming-call/incoming-call', { app }) }
}

test('shows the caller and the type of the call', async () => {
  const { page } = await open(incoming({ peer: 'bob' }))
  expect(page.text('.name')).toBe('bob')
  expect(page.text('.words')).toBe('邀请您视频通话')
  expect(page.find('#avatar').data['account']).toBe('bob')
  expect(page.has('.ringing')).toBe(true)
  const { page: audio } = await open(incoming({ kind: 'audio' }))
  expect(audio.text('.words')).toBe('邀请您语音通话')
})

test.each([
  ['neither side records', incoming(), false],
  ['the caller records', incoming({ peerRecords: true }), true],
  ['I record sound', incoming({ local: localMedia({ recording: { audio: true, video: false } }) }), true],
  ['I record the picture', incoming({ local: localMedia({ recording: { audio: false, video: true } }) }), true],
  [
    'I record pictures, and there is none',
    incoming({ kind: 'audio', local: localMedia({ recording: { audio: false, video: true } }) }),
    false,
  ],
])('when %s', async (_when, call, told) => {
  const { page } = await open(call)
  expect(page.has('.recorded')).toBe(told)
  if (told) expect(page.text('.recorded')).toBe('本次通话可能会被录制')
})

test('the green button accepts and the red one declines', async () => {
  const { app, page } = await open(incoming())
  await page.tap('#accept')
  expect(app.entry.accept).toHaveBeenCalledTimes(1)
  expect(app.call.accept).not.toHaveBeenCalled()
  expect(app.call.reject).not.toHaveBeenCalled()
  await page.tap('#decline')
  expect(app.call.reject).toHaveBeenCalledTimes(1)
  expect(page.attributes('#accept')).toMatchObject({ 'aria-role': 'button', 'aria-label': '接听' })
  expect(page.attributes('#decline')).toMatchObject({ 'aria-role': 'button', 'aria-label': '拒绝' })
})

test('a call that ends unanswered shows why, and can no longer be answered', async () => {
  const { app, page } = await open(incoming({ peerRecords: true }))
  app.call.become(ended({ direction: 'incoming', reason: 'peer-cancelled' }))
  await settle()
  expect(page.text('.words')).toBe('bob 已取消呼叫')
  expect(page.has('#accept')).toBe(false)
  expect(page.has('.recorded')).toBe(false)
  expect(page.has('.ringing')).toBe(false)
  app.call.become({ phase: 'idle' })
  await settle()
  expect(page.text('.words')).toBe('bob 已取消呼叫')
})

test('an answered call no longer rings', async () => {
  const { app, page } = await open(incoming())
  app.call.become(connecting({ direction: 'incoming' }))
  await settle()
  expect(page.has('.ringing')).toBe(false)
  expect(page.has('#accept')).toBe(false)
})

async function invited(room = roomInvited()): Promise<{ app: FakeApp; page: Mounted }> {
  const app = fakeApp({ call: room })
  return { app, page: await mountPage('pages/incoming-call/incoming-call', { app }) }
}

describe('an invitation into a room', () => {
  test("shows the inviter, the room's title, and the other members", async () => {
    const { page } = await invited(roomInvited({ room: 'standup', title: 'standup', others: ['carol', 'dan'] }))
    expect(page.text('.name')).toBe('bob')
    expect(page.text('.words')).toBe('邀请您加入多人视频通话')
    expect(page.text('.room')).toBe('standup')
    expect(page.text('.others')).toBe('carol, dan 也受到邀请')
    expect(page.has('.ringing')).toBe(true)
  })
  test('of a group call has its members as title', async () => {
    const at = Date.now()
    const { page } = await invited(
      roomInvited({ room: nameOfGroupCall('bob', at), title: 'bob, alice', others: [], kind: 'audio', startedAt: at }),
    )
    expect([page.has('.room'), page.has('.others')]).toEqual([false, false])
    expect(page.text('.words')).toBe('邀请您加入多人语音通话')
  })
  test('shows that the user will be recorded', async () => {
    const { page } = await invited(roomInvited({ local: localMedia({ recording: { audio: true, video: false } }) }))
    expect(page.has('.recorded')).toBe(true)
  })
  test('is accepted and declined like a call', async () => {
    const { app, page } = await invited()
    await page.tap('#accept')
    expect(app.entry.accept.mock.calls).toEqual([[]])
    await page.tap('#decline')
    expect(app.call.reject).toHaveBeenCalledTimes(1)
  })
  test.each([roomJoining({ inviter: 'bob' }), roomEnded({ inviter: 'bob', reason: 'inviter-cancelled' })])(
    '$phase, it can no longer be answered',
    async (next) => {
      const { app, page } = await invited()
      app.call.become(next)
      await settle()
      expect([page.has('#accept'), page.has('.ringing')]).toEqual([false, false])
      if (next.phase === 'ended') expect(page.text('.words')).toBe('bob 已取消邀请')
    },
  )
  test('is shown after a call whose end is still displayed', async () => {
    const { app, page } = await open(ended({ direction: 'incoming', reason: 'peer-cancelled' }))
    app.call.become(roomInvited({ inviter: 'erin' }))
    await settle()
    expect(page.text('.name')).toBe('erin')
    expect(page.has('#accept')).toBe(true)
  })
})

test('is neither accepted nor declined by a swipe', async () => {
  const { app, page } = await open(incoming())
  await page.unmount()
  expect([app.call.reject, app.entry.accept].map(({ mock }) => mock.calls)).toEqual([[], []])
})

test('changes its language at once, and releases everything when left', async () => {
  const { app, page } = await open(incoming({ peerRecords: true }))
  app.settings.change({ language: 'en' })
  await settle()
  expect(page.text('.words')).toBe('Video call')
  expect(page.text('.recorded')).toBe('This call may be recorded')
  expect(page.text('.answers')).toBe('DeclineAccept')
  expect(wx.setNavigationBarTitle).toHaveBeenLastCalledWith({ title: 'Incoming call' })
  await page.unmount()
  app.call.become(ended())
  app.settings.change({ language: 'zh' })
  expect(wx.setNavigationBarTitle).toHaveBeenLastCalledWith({ title: 'Incoming call' })
})
