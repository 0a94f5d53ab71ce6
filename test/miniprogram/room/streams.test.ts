/** Which streams are played: who matters first, and nobody comes and goes without need. */
import {
  chooseStreams,
  playerLimit,
  type StreamWish,
} from '../../../miniprogram/pages/room/components/member-grid/streams'

const NOW = 1_000_000
const wish = (key: string, change: Partial<StreamWish> = {}): StreamWish => ({
  key,
  pinned: false,
  onPage: true,
  microphone: true,
  camera: true,
  spokeAt: 0,
  ...change,
})
const room = (...wishes: Array<[key: string, change?: Partial<StreamWish>]>): StreamWish[] =>
  wishes.map(([key, change]) => wish(key, change))
const choose = (wishes: StreamWish[], playing: string[], limit: number, now = NOW): string[] =>
  [...chooseStreams(wishes, new Set(playing), limit, now)].sort()

test.each([
  ['android', 'host', 5],
  ['android', 'audience', 6],
  ['ohos', 'host', 5],
  ['ios', 'host', 8],
  ['ios', 'audience', 9],
  ['windows', 'host', 8],
] as const)('%s as %s plays %i', (platform, role, limit) => {
  expect(playerLimit(platform, role)).toBe(limit)
})

const AWAY = { onPage: false }
test.each([
  ['all, where there is room for all', room(['a'], ['b', AWAY], ['c', { microphone: false, camera: false }]), 5, 'abc'],
  ['nobody, where nobody is there', [], 5, ''],
  ['the first of the page', room(['a'], ['b'], ['c']), 2, 'ab'],
  ['the page before the others', room(['a', AWAY], ['b'], ['c']), 2, 'bc'],
  ['the pinned one before all', room(['a'], ['b'], ['c', { pinned: true }]), 1, 'c'],
  ['who speaks, though on another page', room(['a'], ['b'], ['c', { ...AWAY, spokeAt: NOW - 9_000 }]), 1, 'c'],
  ['not who spoke long ago', room(['a'], ['b'], ['c', { ...AWAY, spokeAt: NOW - 10_000 }]), 1, 'a'],
  ['the last speaker first', room(['a', { spokeAt: NOW - 2 }], ['b', { spokeAt: NOW - 1 }]), 1, 'b'],
  ['sound before pictures', room(['a', { microphone: false }], ['b', { camera: false }]), 1, 'b'],
  ['pictures of the page before sound elsewhere', room(['a', AWAY], ['b', { microphone: false }]), 1, 'b'],
  ['who sends nothing last', room(['a', { microphone: false, camera: false }], ['b', AWAY]), 1, 'b'],
] as const)('%s', (_case, wishes, limit, expected) => {
  expect(choose([...wishes], [], limit).join('')).toBe(expected)
})

describe('nothing flickers', () => {
  test('who is played goes on, however early another one came', () => {
    expect(choose(room(['a'], ['b'], ['c'], ['d']), ['c', 'd'], 2)).toEqual(['c', 'd'])
  })
  test('of more speakers than there is room for, those who are played stay', () => {
    const speakers = room(['a', { spokeAt: NOW }], ['b', { spokeAt: NOW - 5_000 }], ['c', { spokeAt: NOW - 6_000 }])
    expect(choose(speakers, ['b', 'c'], 2)).toEqual(['b', 'c'])
  })
  test('a speaker takes the place of the last who has nothing to say; silence gives it back to nobody', () => {
    const spoke = room(['a'], ['b'], ['c', { ...AWAY, spokeAt: NOW }])
    const playing = choose(spoke, ['a', 'b'], 2)
    expect(playing).toEqual(['a', 'c'])
    const silent = room(['a'], ['b'], ['c', { spokeAt: NOW }])
    expect(choose(silent, playing, 2, NOW + 60_000)).toEqual(['a', 'c'])
  })
  test('an hour of talk among nine changes streams only when somebody new speaks', () => {
    const spokeAt = new Map<string, number>()
    let playing: string[] = []
    let changed = 0
    let fresh = 0
    for (let second = 0; second < 3_600; second++) {
      const now = NOW + second * 1_000
      // Three talk by turns; from the half hour on a fourth, who was not played, does.
      const speaker = ['a', 'b', 'h'][Math.floor(second / 7) % (second < 1_800 ? 2 : 3)] ?? 'a'
      if (!playing.includes(speaker)) fresh++
      spokeAt.set(speaker, now)
      const wishes = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((key) =>
        wish(key, { spokeAt: spokeAt.get(key) ?? 0 }),
      )
      const next = choose(wishes, playing, 5, now)
      if (next.join() !== playing.join()) changed++
      playing = next
    }
    expect(changed).toBeLessThanOrEqual(fresh)
    expect(changed).toBe(2)
  })
})
