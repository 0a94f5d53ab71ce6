/** Tiles that stay the same, and how little is set. */
import { inRoom, roomMember } from '../../support/rooms'
import { elements, expectSame, level, media, openGrid, pass, people, shown, tile } from './grid'

/** What a component sets from now on. */
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

beforeEach(() => jest.useFakeTimers())
afterEach(() => jest.useRealTimers())

describe('nothing is made anew, and little is set', () => {
  test('tiles stay the same elements as others come and go', async () => {
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

  test('a change of one member sets that and no more', async () => {
    const members = people(3)
    const view = await openGrid(inRoom({ members }))
    const set = watchData(view.grid.root)
    await view.become(inRoom({ members: members.map((m) => (m.uid === 2 ? { ...m, microphone: false } : m)) }))
    expect(set).toEqual([{ 'tiles[2].microphone': false }])
  })
  test('who comes in is one tile more, and what makes room for it', async () => {
    const view = await openGrid(inRoom({ members: people(3) }))
    const set = watchData(view.grid.root)
    await view.become(inRoom({ members: people(4) }))
    expect(Object.keys(set[0] ?? {})).toEqual(['tiles[2].place', 'tiles[3].place', 'tiles[4]'])
    expect(set).toHaveLength(1)
  })

  test('a steady minute of nine who talk by turns over a changing network: at most two changes a second', async () => {
    const view = await openGrid(inRoom({ joinedAt: 0, startedAt: 0, members: people(8) }))
    for (const { uid } of people(8)) await media(view, uid, 'playing')
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
