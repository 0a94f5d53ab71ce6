/** The grid with its tiles: their number, the large one, the played streams. */
import { localMedia } from '../../../support/calls'
import { inRoom, roomJoining, roomMember } from '../../../support/rooms'
import { changePhone, settle } from '../../../support/simulate'
import { elements, expectSame, level, media, openGrid, pass, people, played, shown, speaking, tile } from './grid'

beforeEach(() => jest.useFakeTimers())
afterEach(() => jest.useRealTimers())

describe('number of members', () => {
  test.each([
    [1, 'left: 0%; top: 0%; width: 100%; height: 100%', 'large'],
    [2, 'left: 0%; top: 50%; width: 100%; height: 50%', 'large'],
    [3, 'left: 50%; top: 50%; width: 50%; height: 50%', 'medium'],
    [4, 'left: 50%; top: 50%; width: 50%; height: 50%', 'medium'],
    [5, 'left: 66.667%; top: 50%; width: 33.333%; height: 50%', 'medium'],
    [6, 'left: 50%; top: 66.667%; width: 50%; height: 33.333%', 'medium'],
    [7, 'left: 66.667%; top: 66.667%; width: 33.333%; height: 33.333%', 'small'],
    [8, 'left: 66.667%; top: 66.667%; width: 33.333%; height: 33.333%', 'small'],
    [9, 'left: 66.667%; top: 66.667%; width: 33.333%; height: 33.333%', 'small'],
  ])('%i: the last tile is at %s', async (count, place, size) => {
    const view = await openGrid(inRoom({ members: people(count - 1) }))
    expect(shown(view)).toEqual(['alice', ...people(count - 1).map(({ account }) => account)])
    const last = count === 1 ? 'me' : count - 1
    expect(view.grid.attributes(tile(last))['style']).toBe(place)
    expect(view.grid.find(tile(last)).data['size']).toBe(size)
    expect(view.grid.has('#pages')).toBe(false)
  })

  test('eleven: two pages, turned by buttons or a swipe', async () => {
    const view = await openGrid(inRoom({ members: people(10) }))
    const { grid } = view
    const seen = (): unknown[] => grid.all('.tile').flatMap(({ data }) => (data['seen'] ? [data['account']] : []))
    expect(seen()).toHaveLength(9)
    expect(grid.text('.at')).toBe('1 / 2')
    await grid.tap('#next')
    expect(seen()).toEqual(['m9', 'm10'])
    expect(grid.text('.at')).toBe('2 / 2')
    expect(grid.attributes('#next')['aria-disabled']).toBe(true)
    await grid.tap('#next')
    expect(grid.text('.at')).toBe('2 / 2')
    await grid.tap('#previous')
    expect(grid.text('.at')).toBe('1 / 2')
    await grid.touch('touchstart', 300, 10, '#grid')
    await grid.touch('touchend', 100, 10, '#grid')
    expect(grid.text('.at')).toBe('2 / 2')
    await grid.touch('touchstart', 100, 10, '#grid')
    await grid.touch('touchend', 150, 10, '#grid')
    expect(grid.text('.at')).toBe('2 / 2')
    expect(grid.find(tile('me'), '#tile').toJSON().attrs).toContainEqual({ name: 'ariaHidden', value: true })
  })
  test('a page without members is left', async () => {
    const view = await openGrid(inRoom({ members: people(9) }))
    await view.grid.tap('#next')
    await view.become(inRoom({ members: people(8) }))
    await pass(3_000)
    expect(view.grid.has('#pages')).toBe(false)
    expect(view.grid.data['page']).toBe(0)
  })
})

describe('the large tile', () => {
  test('is chosen and unset by taps; a large member that leaves is unset', async () => {
    const view = await openGrid(inRoom({ members: people(3) }))
    await view.grid.tap(tile(2), '#tile')
    expect(view.grid.attributes(tile(2))['style']).toContain('width: 100%; height: 80%')
    expect(view.grid.find(tile(2)).data).toMatchObject({ size: 'large', tap: 'unpin' })
    expect(view.grid.find(tile(1)).data).toMatchObject({ size: 'tiny', tap: 'pin' })
    await view.grid.tap(tile(2), '#tile')
    expect(view.grid.attributes(tile(2))['style']).toContain('width: 50%')
    await view.grid.tap(tile(2), '#tile')
    await view.become(inRoom({ members: [roomMember('m1', 1)] }))
    await pass(3_000)
    expect(view.grid.attributes(tile(1))['style']).toContain('height: 50%')
  })
  test('is the first main speaker, until a member is tapped', async () => {
    const main = { recording: { audio: false, video: false, mainSpeaker: true } } as const
    const view = await openGrid(
      inRoom({ members: [roomMember('m1', 1), roomMember('m2', 2, main), roomMember('m3', 3, main)] }),
    )
    const large = (): unknown[] =>
      view.grid.all('.tile').flatMap(({ data }) => (data['size'] === 'large' ? [data['account']] : []))
    expect(large()).toEqual(['m2'])
    await view.become(inRoom({ members: [roomMember('m1', 1), roomMember('m3', 3, main)] }))
    expect(large()).toEqual(['m3'])
    await view.grid.tap(tile(1), '#tile')
    expect(large()).toEqual(['m1'])
    await view.grid.tap(tile(1), '#tile')
    expect(large()).toEqual([])
    await view.become(inRoom({ members: [roomMember('m1', 1), roomMember('m3', 3, main), roomMember('m4', 4)] }))
    expect(large()).toEqual([])
  })
  test("is unset on the main speaker's own phone", async () => {
    const local = localMedia({ recording: { audio: false, video: false, mainSpeaker: true } })
    const view = await openGrid(inRoom({ local, members: people(2) }))
    expect(view.grid.all('.tile').map(({ data }) => data['size'])).toEqual(['medium', 'medium', 'medium'])
  })
  test('does not exist if alone', async () => {
    const view = await openGrid(inRoom({ members: [] }))
    await view.grid.tap(tile('me'), '#tile')
    expect(view.grid.find(tile('me')).data).toMatchObject({ tap: '', size: 'large' })
  })
})

describe('streams of a phone that can play six', () => {
  beforeEach(() => changePhone({ platform: 'android' }))

  test('five of eight are played, the others show why not, and a tap gives priority', async () => {
    const view = await openGrid(inRoom({ members: people(8) }))
    expect(played(view)).toEqual(['m1', 'm2', 'm3', 'm4', 'm5'])
    expect(view.grid.text(tile(8), '.words')).toBe('播放路数已满，点按优先播放')
    await view.grid.tap(tile(8), '#tile')
    expect(played(view)).toEqual(['m1', 'm2', 'm3', 'm4', 'm8'])
  })
  test('a leaving member makes room, and the others keep their players', async () => {
    const view = await openGrid(inRoom({ members: people(8) }))
    const player = view.grid.find(tile(5), '#player').dom
    await view.become(inRoom({ members: people(8).slice(1) }))
    expect(played(view)).toEqual(['m2', 'm3', 'm4', 'm5', 'm6'])
    expect(view.grid.find(tile(5), '#player').dom).toBe(player)
  })
  test('another page has its own members', async () => {
    const view = await openGrid(inRoom({ members: people(10) }))
    await view.grid.tap('#next')
    expect(played(view)).toEqual(['m1', 'm2', 'm3', 'm9', 'm10'])
  })
  test('a member that announces speech replaces one that is silent, and has an outline', async () => {
    const view = await openGrid(inRoom({ members: people(8) }))
    const members = people(8).map((member) => (member.uid === 8 ? { ...member, spokeAt: Date.now() } : member))
    await view.become(inRoom({ members }))
    expect(played(view)).toEqual(['m1', 'm2', 'm3', 'm4', 'm8'])
    expect(speaking(view)).toEqual(['m8'])
    await pass(3_000)
    expect(speaking(view)).toEqual([])
    expect(played(view)).toEqual(['m1', 'm2', 'm3', 'm4', 'm8'])
  })
  test('local speech is announced', async () => {
    const view = await openGrid(inRoom({ members: people(8) }))
    await level(view, 'me', 0.02)
    await level(view, 1, 0.5)
    expect(view.app.call.noteSpeech).not.toHaveBeenCalled()
    await level(view, 'me', 0.5)
    expect(view.app.call.noteSpeech).toHaveBeenCalled()
  })
  test('an audience member can play one more', async () => {
    const view = await openGrid(inRoom({ role: 'audience', members: people(8) }))
    expect(played(view)).toHaveLength(6)
  })
})

// A tile's contents: a member, the local user, speech.

describe("a member's state", () => {
  test('video once it plays, text before', async () => {
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
  test('reconnecting: text instead of an old picture, and the same tile for the new stream', async () => {
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
    // Events of the old player do not count.
    expect(view.grid.text(tile(1), '.words')).toBe('正在接通…')
  })
  test('a stall: first a weak network, then no old picture', async () => {
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
  test('the worse of sent and received quality', async () => {
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
  test('left: shown for a moment, then removed', async () => {
    const view = await openGrid(inRoom({ members: people(2) }))
    await view.become(inRoom({ members: [roomMember('m2', 2)] }))
    expect(view.grid.text(tile(1), '.words')).toBe('已离开')
    await pass(3_000)
    expect(shown(view)).toEqual(['alice', 'm2'])
  })
  test('audience members have no player, and no pusher', async () => {
    const view = await openGrid(inRoom({ role: 'audience', members: people(1, { url: null }) }))
    expect(view.grid.has(tile(1), '#player')).toBe(false)
    expect(view.grid.text(tile(1), '.words')).toBe('只收听')
    expect(view.grid.has(tile('me'), '#pusher')).toBe(false)
    expect(view.grid.text(tile('me'), '.words')).toBe('只收听')
  })
  test('the simulator: each tile shows that media need a phone', async () => {
    changePhone({ platform: 'devtools' })
    const view = await openGrid(inRoom({ members: people(1) }))
    expect(view.grid.text(tile(1), '.words')).toBe('音视频需要真机或浏览器预览')
    expect(view.grid.text(tile('me'), '.words')).toBe('音视频需要真机或浏览器预览')
  })
  test('a language change is shown at once', async () => {
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

describe('the local tile', () => {
  test('contains the pusher with the current settings', async () => {
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
  test('is the same through all reconnects', async () => {
    const view = await openGrid(roomJoining())
    const pusher = view.grid.find(tile('me'), '#pusher').dom
    await view.become(inRoom())
    await view.become(inRoom({ uid: 12, local: localMedia({ url: 'rtmp://new' }) }))
    expect(view.grid.find(tile('me'), '#pusher').dom).toBe(pusher)
    expect(view.grid.find(tile('me'), '#pusher').data['url']).toBe('rtmp://new')
  })
  test('announces the network quality, and emits the state of local media', async () => {
    const view = await openGrid(inRoom())
    const heard = view.grid.listen('ownmedia')
    await view.grid.emit('quality', { quality: 'weak' }, tile('me'), '#pusher')
    expect(view.app.call.noteNetwork).toHaveBeenCalledWith('weak')
    await view.grid.emit('state', { state: 'failed', reason: 'camera-refused' }, tile('me'), '#pusher')
    expect(heard).toEqual([{ state: 'failed', reason: 'camera-refused' }])
  })
  test('is empty until this page owns the media, like all others', async () => {
    const view = await openGrid(inRoom(), { ownsMedia: false })
    expect(view.grid.has(tile('me'), '#pusher')).toBe(false)
    expect(played(view)).toEqual([])
    await view.grid.set({ ownsMedia: true })
    expect(view.grid.has(tile('me'), '#pusher')).toBe(true)
    expect(played(view)).toEqual(['bob', 'carol'])
  })
})

describe('speaking', () => {
  test('shows an outline until a pause counts as the end, also for the local user', async () => {
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
  test('is ignored while the microphone is off', async () => {
    const view = await openGrid(inRoom({ members: people(1, { microphone: false }) }))
    await level(view, 1, 0.4)
    await pass(500)
    expect(speaking(view)).toEqual([])
  })
})

// Tiles that stay the same, and minimal updates.

/** Data that a component sets from now on. */
function watchData(node: { instance: unknown }): Array<Record<string, unknown>> {
  const set: Array<Record<string, unknown>> = []
  const { instance } = node
  if (!canSet(instance)) throw new Error('this component has no setData')
  const setData = instance.setData.bind(instance)
  instance.setData = (patch) => {
    set.push(patch)
    setData(patch)
  }
  return set
}
function canSet(value: unknown): value is { setData(patch: Record<string, unknown>): void } {
  return typeof value === 'object' && value !== null && 'setData' in value
}

describe('updates', () => {
  test('keep the tile elements when other members join and leave', async () => {
    const view = await openGrid(inRoom({ members: people(4) }))
    const before = elements(view)
    await view.become(inRoom({ members: [...people(4), roomMember('m5', 5)] }))
    expectSame(elements(view), before)
    await view.grid.tap(tile(3), '#tile')
    expectSame(elements(view), before)
    await view.become(inRoom({ members: [...people(4).slice(1), roomMember('m5', 5)] }))
    await pass(3_000)
    expect(shown(view)).toEqual(['alice', 'm2', 'm3', 'm4', 'm5'])
    expectSame(elements(view), [before[0], ...before.slice(2)])
  })

  test('set only the changed member', async () => {
    const members = people(3)
    const view = await openGrid(inRoom({ members }))
    const set = watchData(view.grid.root)
    await view.become(inRoom({ members: members.map((m) => (m.uid === 2 ? { ...m, microphone: false } : m)) }))
    expect(set).toEqual([{ 'tiles[2].microphone': false }])
  })
  test('add one tile for a new member, and what makes room for it', async () => {
    const view = await openGrid(inRoom({ members: people(3) }))
    const set = watchData(view.grid.root)
    await view.become(inRoom({ members: people(4) }))
    expect(Object.keys(set[0] ?? {})).toEqual(['tiles[2].place', 'tiles[3].place', 'tiles[4]'])
    expect(set).toHaveLength(1)
  })

  test('are at most two per second in a steady minute of nine members', async () => {
    const view = await openGrid(inRoom({ joinedAt: 0, startedAt: 0, members: people(8) }))
    for (const { uid } of people(8)) {
      await view.grid.emit('statechange', { code: 2004 }, tile(uid), '#player', '#player')
    }
    await view.grid.emit('statechange', { code: 1002 }, tile('me'), '#pusher', '#pusher')
    await pass(1_000)
    const all = view.grid.all('.tile').map((node) => watchData(node))
    const set = watchData(view.grid.root)
    for (let half = 0; half < 120; half++) {
      const speaker = 1 + (Math.floor(half / 8) % 8)
      for (const { uid } of people(8)) {
        await level(view, uid, uid === speaker ? 0.2 + (half % 5) / 10 : 0.02)
        const quality = (half + uid) % 8 < 4 ? 'good' : 'fair'
        if (half % 4 === 0) await view.grid.emit('quality', { quality }, tile(uid), '#player')
      }
      const networks = people(8).map((member) => ({ ...member, network: half % 6 < 3 ? 'good' : 'fair' }) as const)
      await view.become(inRoom({ joinedAt: 0, startedAt: 0, members: networks }))
      await pass(500)
    }
    const keys = set.flatMap((patch) => Object.keys(patch))
    expect(keys.length).toBeGreaterThan(10)
    expect(keys.filter((key) => !/^tiles\[\d\]\.(speaking|network)$/.test(key))).toEqual([])
    expect(set.length).toBeLessThanOrEqual(120)
    expect(all.flat()).toEqual([])
  })
})
