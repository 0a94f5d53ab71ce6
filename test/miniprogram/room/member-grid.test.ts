/** The grid with its tiles: how many there are, who is large, whose streams are played. */
import { localMedia } from '../../support/calls'
import { inRoom, roomMember } from '../../support/rooms'
import { changePhone } from '../../support/simulate'
import { level, openGrid, pass, people, played, shown, speaking, tile } from './grid'

beforeEach(() => jest.useFakeTimers())
afterEach(() => jest.useRealTimers())

describe('how many there are', () => {
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

  test('eleven: two pages, turned by buttons or a finger', async () => {
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
  test('a page whose people have gone is left', async () => {
    const view = await openGrid(inRoom({ members: people(9) }))
    await view.grid.tap('#next')
    await view.become(inRoom({ members: people(8) }))
    await pass(3_000)
    expect(view.grid.has('#pages')).toBe(false)
    expect(view.grid.data['page']).toBe(0)
  })
})

describe('who is large', () => {
  test('a tap makes it so, another one undoes it; whoever is large and leaves is no longer', async () => {
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
  test('the main speaker is, from the first of them on, until somebody is tapped', async () => {
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
  test('on the main speaker’s own phone nobody is: there one looks at the others', async () => {
    const local = localMedia({ recording: { audio: false, video: false, mainSpeaker: true } })
    const view = await openGrid(inRoom({ local, members: people(2) }))
    expect(view.grid.all('.tile').map(({ data }) => data['size'])).toEqual(['medium', 'medium', 'medium'])
  })
  test('alone, a tap does nothing', async () => {
    const view = await openGrid(inRoom({ members: [] }))
    await view.grid.tap(tile('me'), '#tile')
    expect(view.grid.find(tile('me')).data).toMatchObject({ tap: '', size: 'large' })
  })
})

describe('the streams of a phone that carries six', () => {
  beforeEach(() => changePhone({ platform: 'android' }))

  test('five of eight are played, the others say why not, and a tap puts one first', async () => {
    const view = await openGrid(inRoom({ members: people(8) }))
    expect(played(view)).toEqual(['m1', 'm2', 'm3', 'm4', 'm5'])
    expect(view.grid.text(tile(8), '.words')).toBe('播放路数已满，点按优先播放')
    await view.grid.tap(tile(8), '#tile')
    expect(played(view)).toEqual(['m1', 'm2', 'm3', 'm4', 'm8'])
  })
  test('who leaves makes room; those who are played go on with the same player', async () => {
    const view = await openGrid(inRoom({ members: people(8) }))
    const player = view.grid.find(tile(5), '#player').dom
    await view.become(inRoom({ members: people(8).slice(1) }))
    expect(played(view)).toEqual(['m2', 'm3', 'm4', 'm5', 'm6'])
    expect(view.grid.find(tile(5), '#player').dom).toBe(player)
  })
  test('another page brings its own people', async () => {
    const view = await openGrid(inRoom({ members: people(10) }))
    await view.grid.tap('#next')
    expect(played(view)).toEqual(['m1', 'm2', 'm3', 'm9', 'm10'])
  })
  test('who is not played and says that it speaks is played, with an outline, in place of who said nothing', async () => {
    const view = await openGrid(inRoom({ members: people(8) }))
    const members = people(8).map((member) => (member.uid === 8 ? { ...member, spokeAt: Date.now() } : member))
    await view.become(inRoom({ members }))
    expect(played(view)).toEqual(['m1', 'm2', 'm3', 'm4', 'm8'])
    expect(speaking(view)).toEqual(['m8'])
    await pass(3_000)
    expect(speaking(view)).toEqual([])
    expect(played(view)).toEqual(['m1', 'm2', 'm3', 'm4', 'm8'])
  })
  test('when I speak the others are told', async () => {
    const view = await openGrid(inRoom({ members: people(8) }))
    await level(view, 'me', 0.02)
    await level(view, 1, 0.5)
    expect(view.app.room.noteSpeech).not.toHaveBeenCalled()
    await level(view, 'me', 0.5)
    expect(view.app.room.noteSpeech).toHaveBeenCalled()
  })
  test('who listens only plays one more', async () => {
    const view = await openGrid(inRoom({ role: 'audience', members: people(8) }))
    expect(played(view)).toHaveLength(6)
  })
})
