/** The room page around its grid: header, invitees, controls, failures, the end. */
import type { CallState, RoomEndReason, RoomState } from '../../../../miniprogram/call/state'
import { roomEndings } from '../../../../miniprogram/texts/room-endings'
import { incoming, localMedia } from '../../../support/calls'
import { inRoom, ringingInvitee, roomEnded, roomJoining, roomMember, roomReconnecting } from '../../../support/rooms'
import {
  changePhone,
  fakeApp,
  livePushers,
  mountPage,
  settle,
  type FakeApp,
  type Mounted,
} from '../../../support/simulate'

type View = { app: FakeApp; page: Mounted; become(next: CallState): Promise<void> }
const REASONS = Object.keys(roomEndings.zh).filter((key): key is RoomEndReason => key in roomEndings.zh)
const AGAIN = ['room-full', 'connection-lost', 'service-unreachable', 'too-often', 'service-stopped', 'failed']

async function open(room: RoomState, options: Parameters<typeof fakeApp>[0] = {}): Promise<View> {
  const app = fakeApp({ ...options, call: room })
  const page = await mountPage('pages/room/room', { app })
  await settle()
  const become = async (next: CallState): Promise<void> => {
    app.call.become(next)
    await settle()
  }
  return { app, page, become }
}
const ownMedia = (page: Mounted, state: string, reason?: string): Promise<void> =>
  page.emit('state', { state, reason }, '#grid', '#tile-me', '#pusher')
const starts = (): number => livePushers().flatMap(({ calls }) => calls.filter((call) => call === 'start')).length
async function pass(ms: number): Promise<void> {
  jest.advanceTimersByTime(ms)
  await settle()
}

beforeEach(() => jest.useFakeTimers())
afterEach(() => jest.useRealTimers())

describe('the room page', () => {
  test('shows the local tile and that it is joining', async () => {
    const { page } = await open(roomJoining())
    expect(page.text('#words')).toBe('正在进入房间…')
    expect(page.text('.title')).toBe('Team')
    expect(page.has('.count')).toBe(false)
    expect(page.find('#grid', '#tile-me').data).toMatchObject({ account: 'alice', own: true, media: 'push', url: '' })
    expect(page.all('#grid', '.tile')).toHaveLength(1)
  })
  test('shows members, their number and the time', async () => {
    const { page } = await open(inRoom())
    expect(page.has('#words')).toBe(false)
    expect(page.text('.count')).toBe('3 人')
    expect(page.text('.elapsed')).toBe('00:00')
    await pass(61_000)
    expect(page.text('.elapsed')).toBe('01:01')
    expect(wx.setNavigationBarTitle).toHaveBeenCalledWith({ title: '多人通话' })
  })
  test('shows reconnecting, and everybody keeps their place', async () => {
    const { page, become } = await open(inRoom())
    const tiles = page.all('#grid', '.tile').map(({ dom }) => dom)
    await become(roomReconnecting())
    expect(page.text('#words')).toBe('网络中断，正在重连…')
    const now = page.all('#grid', '.tile').map(({ dom }) => dom)
    expect(tiles).toHaveLength(3)
    expect(tiles.map((tile, index) => tile === now[index])).toEqual([true, true, true])
  })
})

describe('invited accounts', () => {
  test('are shown as ringing, declined, busy, unanswered or offline; a tap invites again', async () => {
    const states = ['ringing', 'declined', 'busy', 'no-answer', 'offline'] as const
    const { app, page, become } = await open(
      inRoom({ invitees: states.map((state) => ({ account: `p-${state}`, state })) }),
    )
    expect(states.map((state) => page.text(`#invitee-p-${state} .invitee-state`))).toEqual([
      '呼叫中…',
      '已拒绝',
      '忙线中',
      '无人接听',
      '不在线',
    ])
    expect(page.attributes('#invitee-p-ringing')).toMatchObject({
      'aria-disabled': true,
      'aria-label': 'p-ringing 呼叫中… ',
    })
    expect(page.attributes('#invitee-p-busy')['aria-label']).toBe('p-busy 忙线中 再次呼叫')
    await page.tap('#invitee-p-busy')
    expect(app.call.invite).toHaveBeenCalledWith(['p-busy'])
    await become(inRoom({ invitees: [] }))
    expect(page.has('#invitees')).toBe(false)
  })

  test('are selected from contacts that are neither here nor invited', async () => {
    const contacts = ['alice', 'bob', 'dave', 'erin', 'frank'].map((account) => ({
      account,
      online: account !== 'erin',
    }))
    const { app, page, become } = await open(inRoom({ invitees: [ringingInvitee('frank')] }), { contacts })
    await page.tap('#invite')
    expect(page.all('#invite-sheet', '.person').map((person) => person.toJSON().attrs)).toHaveLength(2)
    expect(page.text('#invite-sheet', '#person-erin')).toContain('离线')
    await page.tap('#invite-sheet', '#call')
    expect(app.call.invite).not.toHaveBeenCalled()
    await page.tap('#invite-sheet', '#person-dave')
    await page.tap('#invite-sheet', '#person-erin')
    await page.tap('#invite-sheet', '#person-dave')
    expect(page.attributes('#invite-sheet', '#person-dave')['aria-checked']).toBe(false)
    expect(page.text('#invite-sheet', '#call')).toBe('呼叫（1）')
    await become(inRoom())
    expect(page.has('#invite-sheet', '#person-frank')).toBe(true)
    expect(page.attributes('#invite-sheet', '#person-erin')['aria-checked']).toBe(true)
    await page.tap('#invite-sheet', '#call')
    expect(app.call.invite).toHaveBeenCalledWith(['erin'])
    expect(page.has('#invite-sheet')).toBe(false)
  })
  test('nobody is left to invite; the sheet can be closed', async () => {
    const { app, page } = await open(inRoom())
    await page.tap('#invite')
    expect(page.text('#invite-sheet', '#nobody')).toBe('没有可邀请的联系人')
    await page.tap('#invite-sheet', '#cancel')
    expect(page.has('#invite-sheet')).toBe(false)
    expect(app.call.invite).not.toHaveBeenCalled()
  })
  test('the sheet closes with the room', async () => {
    const { page, become } = await open(inRoom())
    await page.tap('#invite')
    await become(roomEnded({ reason: 'kicked' }))
    expect(page.has('#invite-sheet')).toBe(false)
  })
})

describe('available actions', () => {
  test('a host switches, flips and leaves', async () => {
    const { app, page } = await open(inRoom())
    const labels = page.all('#controls', '.label').map((label) => label.dom?.textContent)
    expect(labels).toEqual(['麦克风', '摄像头', '翻转', '扬声器', '更多', '离开'])
    for (const control of ['microphone', 'camera', 'flip', 'speaker', 'hangup']) {
      await page.tap('#controls', `#${control}`)
    }
    expect(app.call.toggleMicrophone).toHaveBeenCalledTimes(1)
    expect(app.call.toggleCamera).toHaveBeenCalledTimes(1)
    expect(app.call.flipCamera).toHaveBeenCalledTimes(1)
    expect(app.call.toggleSpeaker).toHaveBeenCalledTimes(1)
    expect(app.call.hangUp).toHaveBeenCalledTimes(1)
    expect(page.has('#listening')).toBe(false)
  })
  test('an audio room has no camera', async () => {
    const { page } = await open(inRoom({ kind: 'audio', local: localMedia({ camera: false }) }))
    expect(page.all('#controls', '.label').map((label) => label.dom?.textContent)).toEqual(['麦克风', '扬声器', '离开'])
  })
  test('mirror and beauty are behind “more”; a room cannot become an audio call', async () => {
    const { app, page } = await open(inRoom())
    const sheet = jest.mocked(wx.showActionSheet)
    await page.tap('#controls', '#more')
    const [options] = sheet.mock.calls[0] ?? []
    expect(options?.itemList).toEqual(['关闭镜像', '美颜：自然', '美颜：明显'])
    options?.success?.({ tapIndex: 1, errMsg: 'ok' })
    expect(app.settings.get().beauty).toBe('soft')
    options?.success?.({ tapIndex: 0, errMsg: 'ok' })
    expect(app.settings.get().mirror).toBe(false)
  })
  test('the audience has a speaker, a label, and a way to become a host', async () => {
    const { app, page } = await open(inRoom({ role: 'audience', kind: 'audio' }))
    expect(page.all('#controls', '.label').map((label) => label.dom?.textContent)).toEqual(['扬声器', '离开'])
    expect(page.text('#listening')).toContain('您正在收听')
    await page.tap('#become-host')
    expect(app.call.hangUp).toHaveBeenCalledTimes(1)
    expect(app.entry.joinRoom).toHaveBeenCalledWith('alice-1', 'host', 'audio')
  })
  test('the room continues when its page is left', async () => {
    const { app, page } = await open(inRoom())
    await page.tap('#leave-page')
    expect(wx.navigateBack).toHaveBeenCalledTimes(1)
    expect(app.call.hangUp).not.toHaveBeenCalled()
  })
})

describe('recording is shown', () => {
  const wish = { audio: false, video: true }
  test.each([
    ['nobody', {}, false],
    ['I', { local: localMedia({ recording: wish }) }, true],
    ['another', { members: [roomMember('bob', 2, { recording: wish })] }, true],
    ['only a picture that is not there', { kind: 'audio', local: localMedia({ recording: wish }) }, false],
  ] as const)('%s', async (_who, change, badge) => {
    const { page } = await open(inRoom(change))
    expect(page.has('#recording')).toBe(badge)
  })
})

describe('failures of local media', () => {
  test('without a microphone a host cannot stay', async () => {
    const { app, page } = await open(inRoom())
    await ownMedia(page, 'failed', 'microphone-refused')
    expect(app.call.microphoneRefused).toHaveBeenCalledTimes(1)
  })
  test('without a camera the room continues, with a way to the settings', async () => {
    const { app, page, become } = await open(inRoom())
    await ownMedia(page, 'failed', 'camera-refused')
    expect(app.call.cameraFailed).toHaveBeenCalledTimes(1)
    await become(inRoom({ local: localMedia({ camera: false }) }))
    await ownMedia(page, 'playing')
    expect(page.text('#failure')).toContain('小程序没有摄像头权限')
    await page.tap('#open-settings')
    expect(wx.openSetting).toHaveBeenCalledTimes(1)
    await become(inRoom())
    expect(page.has('#failure')).toBe(false)
  })
  test('the pusher restarts after the settings were opened', async () => {
    const { page } = await open(inRoom())
    await page.emit('error', { errCode: 10001 }, '#grid', '#tile-me', '#pusher', '#pusher')
    expect(page.text('#failure')).toContain('小程序没有摄像头权限')
    const before = starts()
    await page.tap('#open-settings')
    await pass(2_000)
    expect(starts()).toBe(before + 1)
  })
  test("denied by the phone leads to the phone's settings", async () => {
    jest.mocked(wx.getAppAuthorizeSetting).mockReturnValue({
      ...wx.getAppAuthorizeSetting(),
      cameraAuthorized: 'denied',
    })
    const { page } = await open(inRoom())
    await ownMedia(page, 'failed', 'camera-refused')
    await page.tap('#open-settings')
    expect(wx.openAppAuthorizeSetting).toHaveBeenCalledTimes(1)
  })
  test('a failed push is shown until it runs again or the message is read', async () => {
    const { page } = await open(inRoom())
    await ownMedia(page, 'failed', 'network')
    expect(page.text('#failure .card-text')).toBe('您的画面和声音发送失败，正在重试…')
    expect(page.has('#open-settings')).toBe(false)
    await ownMedia(page, 'playing')
    expect(page.has('#failure')).toBe(false)
    await ownMedia(page, 'failed', 'network')
    await page.tap('#dismiss')
    expect(page.has('#failure')).toBe(false)
  })
  test('the simulator is not a failure', async () => {
    changePhone({ platform: 'devtools' })
    const { page } = await open(inRoom())
    expect(page.has('#failure')).toBe(false)
  })
})

describe('the end', () => {
  test('has a sentence for each reason, in both languages', () => {
    for (const language of ['zh', 'en'] as const) {
      const sentences = REASONS.map((reason) => roomEndings[language][reason])
      expect(new Set(sentences).size).toBe(REASONS.length)
    }
  })
  test.each(REASONS)('%s: sentence and actions', async (reason) => {
    const { app, page, become } = await open(inRoom({ role: 'audience' }))
    await become(roomEnded({ reason, inviter: 'bob', duration: 65_000 }))
    expect(page.text('.end-words')).toBe(roomEndings.zh[reason].replace('{name}', 'bob'))
    expect(page.text('.end-elapsed')).toBe('01:05')
    for (const gone of ['#grid', '#foot', '#leave-page', '#invite']) expect(page.has(gone)).toBe(false)
    expect(page.has('#re-enter')).toBe(AGAIN.includes(reason))
    expect(page.has('#to-settings')).toBe(reason === 'microphone-refused')
    if (page.has('#re-enter')) {
      await page.tap('#re-enter')
      expect(app.entry.joinRoom).toHaveBeenCalledWith('alice-1', 'audience', 'video')
    }
    await page.tap('#close')
    expect(app.call.dismiss).toHaveBeenCalledTimes(1)
  })
  test('without having joined shows no time, and stays until the page closes', async () => {
    const { page, become } = await open(roomJoining())
    await become(roomEnded({ reason: 'room-full' }))
    expect(page.has('.end-elapsed')).toBe(false)
    await become({ phase: 'idle' })
    expect(page.text('.end-words')).toBe('房间已满，有人离开后可再试')
  })
  test('stays until a call that begins meanwhile has replaced the page', async () => {
    const { page, become } = await open(inRoom())
    await become(roomEnded({ reason: 'connection-lost', duration: 65_000 }))
    const [words, elapsed] = [page.text('.end-words'), page.text('.end-elapsed')]
    await become(incoming())
    await pass(1_000)
    expect([page.text('.end-words'), page.text('.end-elapsed')]).toEqual([words, elapsed])
  })
  test('does not affect the next session', async () => {
    const { page, become } = await open(inRoom())
    await ownMedia(page, 'failed', 'network')
    await become(roomEnded({ reason: 'connection-lost' }))
    await become(roomJoining())
    expect(page.has('#failure')).toBe(false)
    expect(page.has('#grid')).toBe(true)
  })
})

test('the language changes at once', async () => {
  const { app, page } = await open(inRoom({ role: 'audience' }))
  app.settings.change({ language: 'en' })
  await settle()
  expect(page.text('.count')).toBe('3 here')
  expect(page.text('#become-host')).toBe('Speak')
  expect(wx.setNavigationBarTitle).toHaveBeenLastCalledWith({ title: 'Group call' })
})
test('another page that takes the media removes them here', async () => {
  const { app, page } = await open(inRoom())
  app.mediaOwner.acquire(() => {})
  await settle()
  expect(page.has('#grid', '#tile-me', '#pusher')).toBe(false)
  expect(page.has('#grid', '#tile-2', '#player')).toBe(false)
  expect(page.has('#grid', '#tile-2', '#cover')).toBe(true)
})
test('nothing continues after the page is closed', async () => {
  const { page } = await open(inRoom())
  await page.unmount()
  expect(jest.getTimerCount()).toBe(0)
})
