/** Foundations of the benchmark's figures: loads of the stated size, and correct counts. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ClipStream, readClip } from '../../bench/relay/clip'
import { Room } from '../../bench/relay/room'
import { Traffic } from '../../bench/relay/traffic'
import { CALL_WEIGHT, TILE_WEIGHT, WeighedStream } from '../../bench/relay/weighed-stream'
import { playRtmp, publishRtmp, type TestTag } from '../support/media-client'
import { startService, type TestService } from '../support/service'
import { until } from '../support/until'

test.each([
  ["a call's", CALL_WEIGHT, 300, 48],
  ["a small tile's", TILE_WEIGHT, 120, 32],
])('ten seconds of %s load have the stated size', (_name, weight, picture, sound) => {
  const stream = new WeighedStream(weight)
  const bytes = { 8: 0, 9: 0, 18: 0 }
  let keys = 0
  for (let due = 0; (due = stream.due) < 10_000;) {
    const { type, timestamp, payload } = stream.next()
    expect(timestamp).toBe(Math.round(due))
    bytes[type] += payload.length
    if (payload[0] === 0x17) keys++
  }
  expect(keys).toBe(10)
  expect((bytes[9] * 8) / 10_000).toBeCloseTo(picture, 0)
  expect((bytes[8] * 8) / 10_000).toBeCloseTo(sound, 0)
})

describe('a clip', () => {
  const clip = readClip(readFileSync(join(__dirname, '../fixtures/talk.flv')))

  test('loops without a gap: whole pictures from key frame to key frame, and all audio', () => {
    const stream = new ClipStream(clip)
    const tags: Record<TestTag['type'], number[]> = { 8: [], 9: [], 18: [] }
    const keys: number[] = []
    while (stream.due < 20_000) {
      const { type, timestamp, payload } = stream.next()
      tags[type].push(timestamp)
      if (payload[0] === 0x17) keys.push(timestamp)
    }
    expect(keys.slice(0, 5)).toEqual([0, 1000, 2000, 3000, 4000])
    for (const [type, interval] of [
      [8, 1024 / 48],
      [9, 1000 / 15],
    ] as const) {
      const gaps = tags[type].slice(1).map((at, index) => at - (tags[type][index] ?? 0))
      expect(Math.min(...gaps)).toBeGreaterThan(0)
      expect(Math.max(...gaps)).toBeLessThan(interval + 3)
    }
  })

  test('without a second key frame is rejected', () => {
    const file = readFileSync(join(__dirname, '../fixtures/talk.flv'))
    expect(() => readClip(file.subarray(0, 2_000))).toThrow('not enough')
  })
})

describe('traffic', () => {
  test('counts what every player received as relayed, and missing or changed tags as missing', () => {
    const traffic = new Traffic(2, true)
    traffic.sent(tag(0), 0, false)
    for (const at of [40, 80, 120]) traffic.sent(tag(at), at, true)
    for (const at of [40, 40, 80]) traffic.came(tag(at), at + 5, true)
    traffic.came(tag(120, 8), 121, true)
    traffic.came(tag(777), 122, true)
    traffic.end()
    expect(traffic.tally).toEqual({ published: 3, relayed: 3, missing: 3 })
    expect(traffic.delays).toEqual([5, 5, 5])
  })

  test('compares the tags of all players of a stream that others publish', () => {
    const traffic = new Traffic(2, false)
    for (const at of [0, 0, 40, 80, 80]) traffic.came(tag(at), at, at > 0)
    traffic.end()
    expect(traffic.tally).toEqual({ published: 2, relayed: 3, missing: 1 })
    expect(traffic.delays).toEqual([])
  })

  test('counts late tags as missing, and does not keep them', () => {
    const traffic = new Traffic(1, true)
    traffic.sent(tag(0), 0, true)
    traffic.sent(tag(20_000), 20_000, true)
    traffic.came(tag(0), 20_001, true)
    traffic.came(tag(20_000), 20_001, true)
    traffic.end()
    expect(traffic.tally).toEqual({ published: 2, relayed: 1, missing: 1 })
  })
})

describe('a room of plain clients', () => {
  let here: TestService
  const open: { close(): unknown }[] = []
  beforeAll(async () => {
    here = await startService()
  })
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close()
  })
  afterAll(() => here.close())

  const enter = async (name: string, accounts: string[]): Promise<Room> => {
    const room = await Room.open(here.url, name, accounts)
    open.push({ close: () => room.leave() })
    return room
  }

  test('publishes all members, plays all others by their URLs, and delivers every tag unchanged', async () => {
    const room = await enter('three', ['ann', 'ben', 'cleo'])
    const { streams } = room
    expect(streams.map(({ plays }) => plays.length)).toEqual([2, 2, 2])
    expect(new Set(streams.flatMap(({ push, plays }) => [push, ...plays])).size).toBe(9)
    for (const { push, plays } of streams) {
      if (push === null) throw new Error('a member has nowhere to publish')
      const source = new WeighedStream(TILE_WEIGHT)
      const traffic = new Traffic(plays.length, true)
      const publisher = await publishRtmp(push)
      const players = await Promise.all(plays.map((url) => playRtmp(url)))
      open.push(publisher, ...players)
      for (const player of players) player.onMedia = (message) => traffic.came(message, 0, true)
      for (const configuration of source.configurations) publisher.sendTag(configuration)
      for (let count = 0; count < 100; count++) {
        const next = source.next()
        traffic.sent(next, 0, true)
        publisher.sendTag(next)
      }
      await until(() => traffic.delays.length === 200, 'every tag to come')
      traffic.end()
      expect(traffic.tally).toEqual({ published: 100, relayed: 200, missing: 0 })
    }
  })

  test('plays later members to all, and lets them publish to none', async () => {
    const room = await enter('two', ['ann', 'ben'])
    await enter('two', ['dora'])
    await room.meet(2)
    expect(room.streams.map(({ push, plays }) => [push !== null, plays.length])).toEqual([
      [true, 1],
      [true, 1],
      [false, 2],
    ])
  })
})

function tag(timestamp: number, byte = 7): TestTag {
  return { type: 9, timestamp, payload: Buffer.from([0x27, 1, byte]) }
}
