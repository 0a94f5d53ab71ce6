/** What each tile shows: a member, me, who speaks. */
import { localMedia } from '../../support/calls'
import { inRoom, roomJoining, roomMember } from '../../support/rooms'
import { changePhone, settle } from '../../support/simulate'
import { elements, expectSame, level, media, openGrid, pass, people, played, shown, speaking, tile } from './grid'

beforeEach(() => jest.useFakeTimers())
afterEach(() => jest.useRealTimers())

describe('the state of a member', () => {
  test('its picture, once it plays; words before', async () => {
    const view = await openGrid(inRoom({ members: people(1) }))
    expect(view.grid.find(tile(1), '#player').data).toMatchObject({
      src: 'http://service/live/m1.flv',
      picture: true,
      speaker: true,
    })
    expect(view.grid.text(tile(1), '.words')).toBe('正在接通…')
    await media(view, 1, 'playing')
    expect(view.grid.has(tile(1), '#cover')).toBe(false)
    expect(view.grid.text(tile(1), '.name')).toBe('m1')
    expect(view.grid.has(tile(1), '#muted')).toBe(false)
  })
  test('reconnecting: words instead of an old picture, and the same tile with the new stream', async () => {
    const view = await openGrid(inRoom({ members: people(2) }))
    await media(view, 1, 'playing')
    const before = elements(view)
    await media(view, 1, 'stalled', 'restarting')
    expect(view.grid.text(tile(1), '.words')).toBe('正在重连…')
    await view.become(inRoom({ members: [roomMember('m2', 2)] }))
    expect(view.grid.text(tile(1), '.words')).toBe('已离开')
    expect(view.grid.has(tile(1), '#player')).toBe(false)
    await view.become(inRoom({ members: [roomMember('m2', 2), roomMember('m1', 1, { url: 'http://new' })] }))
    expectSame(elements(view), before)
    expect(view.grid.find(tile(1), '#player').data['src']).toBe('http://new')
    // What the old player said does not count.
    expect(view.grid.text(tile(1), '.words')).toBe('正在接通…')
  })
  test('a stall: for a moment a weak network, then no old picture', async () => {
    const view = await openGrid(inRoom({ members: people(1) }))
    await media(view, 1, 'playing')
    await media(view, 1, 'stalled', 'network')
    expect(view.grid.has(tile(1), '#cover')).toBe(false)
    expect(view.grid.has(tile(1), '#network')).toBe(true)
    await pass(2_000)
    expect(view.grid.text(tile(1), '.words')).toBe('正在重连…')
    await media(view, 1, 'playing')
    await pass(5_000)
    expect(view.grid.has(tile(1), '#cover')).toBe(false)
  })
  test('its network is as good as the worse of going out and coming in', async () => {
    const view = await openGrid(inRoom({ members: people(1, { network: 'good' }) }))
    await view.grid.emit('quality', { quality: 'weak' }, tile(1), '#player')
    await pass(500)
    expect(view.grid.has(tile(1), '#network')).toBe(true)
    await view.grid.emit('quality', { quality: 'good' }, tile(1), '#player')
    await pass(500)
    expect(view.grid.has(tile(1), '#network')).toBe(false)
  })
  test('microphone off, camera off, weak network', async () => {
    const view = await openGrid(
      inRoom({ members: [roomMember('m1', 1, { microphone: false, camera: false, network: 'weak' })] }),
    )
    await media(view, 1, 'playing')
    expect(view.grid.has(tile(1), '#muted')).toBe(true)
    expect(view.grid.has(tile(1), '#network')).toBe(true)
    expect(view.grid.text(tile(1), '.words')).toBe('摄像头已关闭')
  })
  test('left: said for a moment, then the tile goes', async () => {
    const view = await openGrid(inRoom({ members: people(2) }))
    await view.become(inRoom({ members: [roomMember('m2', 2)] }))
    expect(view.grid.text(tile(1), '.words')).toBe('已离开')
    await pass(3_000)
    expect(shown(view)).toEqual(['alice', 'm2'])
  })
  test('the audience has no player, I as audience no pusher', async () => {
    const view = await openGrid(inRoom({ role: 'audience', members: people(1, { url: null }) }))
    expect(view.grid.has(tile(1), '#player')).toBe(false)
    expect(view.grid.text(tile(1), '.words')).toBe('只收听')
    expect(view.grid.has(tile('me'), '#pusher')).toBe(false)
    expect(view.grid.text(tile('me'), '.words')).toBe('只收听')
  })
  test('the simulator says on each tile that media need a phone', async () => {
    changePhone({ platform: 'devtools' })
    const view = await openGrid(inRoom({ members: people(1) }))
    expect(view.grid.text(tile(1), '.words')).toBe('音视频需要真机或浏览器预览')
    expect(view.grid.text(tile('me'), '.words')).toBe('音视频需要真机或浏览器预览')
  })
  test('the language changes at once', async () => {
    const view = await openGrid(inRoom({ members: people(1) }))
    view.app.settings.change({ language: 'en' })
    await settle()
    expect(view.grid.text(tile(1), '.words')).toBe('Connecting…')
    expect(view.grid.text(tile('me'), '.name')).toBe('alice (you)')
    expect(view.grid.attributes(tile(1), '#tile')).toMatchObject({
      'aria-role': 'button',
      'aria-label': 'm1, Connecting…, enlarge',
    })
  })
})

describe('my own tile', () => {
  test('holds the pusher, which is as I chose', async () => {
    const local = localMedia({ facing: 'back', microphone: false })
    const view = await openGrid(inRoom({ local }))
    view.app.settings.change({ quality: 'high', mirror: false, beauty: 'soft' })
    await settle()
    expect(view.grid.find(tile('me'), '#pusher').data).toMatchObject({
      url: 'rtmp://service/live/alice',
      microphone: false,
      camera: true,
      facing: 'back',
      quality: 'high',
      mirror: false,
      beauty: 'soft',
    })
    expect(view.grid.has(tile('me'), '#muted')).toBe(true)
  })
  test('is the same from coming in through every reconnect', async () => {
    const view = await openGrid(roomJoining())
    const pusher = view.grid.find(tile('me'), '#pusher').dom
    await view.become(inRoom())
    await view.become(inRoom({ uid: 12, local: localMedia({ url: 'rtmp://new' }) }))
    expect(view.grid.find(tile('me'), '#pusher').dom).toBe(pusher)
    expect(view.grid.find(tile('me'), '#pusher').data['url']).toBe('rtmp://new')
  })
  test('tells the others how my network is, and the page how my media are', async () => {
    const view = await openGrid(inRoom())
    const heard = view.grid.listen('ownmedia')
    await view.grid.emit('quality', { quality: 'weak' }, tile('me'), '#pusher')
    expect(view.app.room.noteNetwork).toHaveBeenCalledWith('weak')
    await view.grid.emit('state', { state: 'failed', reason: 'camera-refused' }, tile('me'), '#pusher')
    expect(heard).toEqual([{ state: 'failed', reason: 'camera-refused' }])
  })
  test('has nothing before this page holds the media; nor has anybody', async () => {
    const view = await openGrid(inRoom(), { seated: false })
    expect(view.grid.has(tile('me'), '#pusher')).toBe(false)
    expect(played(view)).toEqual([])
    await view.grid.set({ seated: true })
    expect(view.grid.has(tile('me'), '#pusher')).toBe(true)
    expect(played(view)).toEqual(['bob', 'carol'])
  })
})

describe('who speaks', () => {
  test('has an outline until a pause is an end; I have mine, too', async () => {
    const view = await openGrid(inRoom({ members: people(2) }))
    await level(view, 1, 0.4)
    await level(view, 'me', 0.4)
    await level(view, 2, 0.05)
    await pass(500)
    expect(speaking(view)).toEqual(['alice', 'm1'])
    expect(view.grid.attributes(tile(1), '#tile')['class']).toContain('speaking')
    await pass(2_000)
    expect(speaking(view)).toEqual([])
  })
  test('not with the microphone off', async () => {
    const view = await openGrid(inRoom({ members: people(1, { microphone: false }) }))
    await level(view, 1, 0.4)
    await pass(500)
    expect(speaking(view)).toEqual([])
  })
})
