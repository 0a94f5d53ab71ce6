/** @jest-environment node */
/** The view of a tile: never an old picture, never a black box. */
import type { MediaState } from '../../../../miniprogram/components/media/state'
import { nextEntries, LEFT_SHOWN } from '../../../../miniprogram/pages/room/components/member-grid/roster'
import { Speech } from '../../../../miniprogram/pages/room/components/member-grid/speech'
import {
  tileView,
  NO_MEDIA_STATES,
  type TileFacts,
} from '../../../../miniprogram/pages/room/components/member-tile/view'
import { texts } from '../../../../miniprogram/texts/index'
import { roomMember } from '../../../support/rooms'

const WORDS = { call: texts('call', 'zh'), rooms: texts('rooms', 'zh') }
const bob: TileFacts = {
  account: 'bob',
  own: false,
  media: 'play',
  url: 'url',
  sends: true,
  video: true,
  microphone: true,
  camera: true,
  away: false,
  left: false,
  network: '',
  tap: 'pin',
}
const me: TileFacts = { ...bob, account: 'alice', own: true, media: 'push' }
const playing: MediaState = { state: 'playing' }
const names = (entries: ReturnType<typeof nextEntries>): string[] =>
  entries.map(({ member, leftAt }) => (leftAt === null ? member.account : `${member.account} left`))
const view = (facts: TileFacts, media: MediaState | null = null): ReturnType<typeof tileView> =>
  tileView(facts, { media, stale: true }, WORDS)

describe('another member', () => {
  test.each<[string, Partial<TileFacts>, MediaState | null, boolean, string]>([
    ['plays', {}, playing, false, ''],
    ['has said nothing yet', {}, null, true, '正在接通…'],
    ['connects', {}, { state: 'connecting' }, true, '正在接通…'],
    ['stalls', {}, { state: 'stalled', reason: 'network' }, true, '正在重连…'],
    ['starts anew', {}, { state: 'stalled', reason: 'restarting' }, true, '正在重连…'],
    ['does not arrive', {}, { state: 'failed', reason: 'network' }, true, '暂时收不到对方，正在重试…'],
    ['cannot be played', {}, { state: 'failed', reason: 'not-supported' }, true, '此设备无法播放对方的画面'],
    ['is in the simulator', {}, { state: 'failed', reason: 'simulator' }, true, '音视频需要真机或浏览器预览'],
    ['has its camera off', { camera: false }, playing, true, '摄像头已关闭'],
    [
      'sends nothing',
      { camera: false, microphone: false },
      { state: 'failed', reason: 'network' },
      true,
      '摄像头已关闭',
    ],
    [
      'sends nothing in the simulator',
      { camera: false, microphone: false },
      { state: 'failed', reason: 'simulator' },
      true,
      '音视频需要真机或浏览器预览',
    ],
    ['is in an audio room', { camera: false, video: false }, playing, true, ''],
    ['is away', { away: true }, playing, true, 'bob 暂时离开'],
    ['has left', { left: true, media: '', sends: false }, null, true, '已离开'],
    ['only listens', { sends: false, media: '' }, null, true, '只收听'],
    ['is not played', { media: '' }, null, true, '播放路数已满，点按优先播放'],
    ['is not played, and sends nothing', { media: '', microphone: false, camera: false }, null, true, ''],
  ])('%s', (_case, facts, media, covered, words) => {
    expect(view({ ...bob, ...facts }, media)).toMatchObject({ name: 'bob', covered, words })
  })

  test.each<[string, Partial<TileFacts>, Parameters<typeof tileView>[1], boolean]>([
    ['nothing is known', {}, NO_MEDIA_STATES, false],
    ['it says so', { network: 'weak' }, NO_MEDIA_STATES, true],
    ['its stream stalls', {}, { media: { state: 'stalled', reason: 'network' }, stale: false }, true],
    ['all is fair', { network: 'fair' }, { media: playing, stale: false }, false],
    ['it has left', { network: 'weak', left: true }, NO_MEDIA_STATES, false],
  ])('its network is weak? %s', (_case, facts, heard, weak) => {
    expect(tileView({ ...bob, ...facts }, heard, WORDS).weak).toBe(weak)
  })

  test('a short stall keeps the picture and shows a weak network', () => {
    const stutter: MediaState = { state: 'stalled', reason: 'network' }
    expect(tileView(bob, { media: stutter, stale: false }, WORDS)).toMatchObject({
      covered: false,
      words: '',
      weak: true,
    })
    const restart: MediaState = { state: 'stalled', reason: 'restarting' }
    expect(tileView(bob, { media: restart, stale: false }, WORDS)).toMatchObject({ covered: true, words: '正在重连…' })
  })

  test('everything is read by screen readers', () => {
    expect(view({ ...bob, microphone: false, network: 'weak' }, { state: 'connecting' }).spoken).toBe(
      'bob, 正在接通…, 已静音, 网络不佳, 放大',
    )
    expect(view({ ...bob, tap: 'unpin' }, playing).spoken).toBe('bob, 缩小')
    expect(view({ ...bob, tap: '' }, playing).spoken).toBe('bob')
  })
})

describe('the local tile', () => {
  test.each<[string, Partial<TileFacts>, MediaState | null, boolean, string]>([
    ['picture is there before the network', {}, null, false, ''],
    ['way out is not known yet', { url: '' }, null, true, '正在接通…'],
    ['goes out', {}, playing, false, ''],
    ['starts anew', {}, { state: 'stalled', reason: 'restarting' }, true, '网络不佳'],
    ['stalls', {}, { state: 'stalled', reason: 'network' }, false, '网络不佳'],
    ['is interrupted', {}, { state: 'stalled', reason: 'interrupted' }, false, '通话被来电打断'],
    ['camera is off', { camera: false }, playing, true, '摄像头已关闭'],
    ['room has no pictures', { camera: false, video: false }, playing, true, ''],
    ['media are elsewhere', { media: '' }, null, true, ''],
    ['part is to listen', { sends: false, media: '' }, null, true, '只收听'],
    ['phone is the simulator', {}, { state: 'failed', reason: 'simulator' }, true, '音视频需要真机或浏览器预览'],
  ])('%s', (_case, facts, media, covered, words) => {
    expect(view({ ...me, ...facts }, media)).toMatchObject({ name: 'alice（我）', covered, words })
  })
})

describe('speech detection', () => {
  test('counts a voice, ignores breathing, and bridges pauses between words', () => {
    const speech = new Speech()
    speech.handle('bob', 0.05, 1_000)
    expect(speech.isSpeaking('bob', 1_000)).toBe(false)
    speech.handle('bob', 0.3, 1_000)
    expect([1_000, 2_400, 2_600].map((now) => speech.isSpeaking('bob', now))).toEqual([true, true, false])
    expect(speech.spokeAt('bob')).toBe(1_000)
  })
  test('forgets members that left', () => {
    const speech = new Speech()
    speech.handle('bob', 1, 5_000)
    speech.keep(new Set(['carol']))
    expect(speech.spokeAt('bob')).toBe(0)
  })
})

describe('tiles', () => {
  const [bobs, carol, dave] = [roomMember('bob', 2), roomMember('carol', 3), roomMember('dave', 4)]

  test('a leaving member is shown so for a moment, in the same place', () => {
    const entries = nextEntries([], [bobs, carol], 0)
    const after = nextEntries(entries, [carol, dave], 100)
    expect(names(after)).toEqual(['bob left', 'carol', 'dave'])
    expect(names(nextEntries(after, [carol, dave], 99 + LEFT_SHOWN))).toEqual(['bob left', 'carol', 'dave'])
    expect(names(nextEntries(after, [carol, dave], 100 + LEFT_SHOWN))).toEqual(['carol', 'dave'])
  })
  test('a member that returns in time keeps its place, with a new stream', () => {
    const gone = nextEntries(nextEntries([], [bobs, carol], 0), [carol], 100)
    const back = nextEntries(gone, [carol, { ...bobs, url: 'new' }], 200)
    expect(names(back)).toEqual(['bob', 'carol'])
    expect(back[0]?.member.url).toBe('new')
  })
})
