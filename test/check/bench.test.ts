/** What the benchmark's figures rest on: percentiles, loads that are what they say, and who got what of them. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ClipStream, readClip } from '../bench/relay/clip'
import { Room } from '../bench/relay/room'
import { Traffic } from '../bench/relay/traffic'
import { CALL_WEIGHT, TILE_WEIGHT, WeighedStream } from '../bench/relay/weighed-stream'
import { carried, roomsTable, type RoomFigures, type RoomResults } from '../bench/rooms/report'
import { median, percentile } from '../bench/statistics'
import { table } from '../bench/table'
import { playRtmp, publishRtmp, type TestTag } from '../support/media-client'
import { startService, type TestService } from '../support/service'
import { until } from '../support/until'

test.each([
  ['three values', [3, 1, 2], 50, 2],
  ['four values', [1, 2, 3, 4], 50, 2],
  ['1 to 100', Array.from({ length: 100 }, (_, index) => index + 1), 99, 99],
  ['one value', [7], 95, 7],
  ['three values', [2, 9, 4], 100, 9],
  ['nothing', [], 50, Number.NaN],
])('of %s the percentile', (_name, values, p, expected) => {
  expect(percentile(values, p)).toBe(expected)
})

test('a percentile leaves its values in their order', () => {
  const values = [3, 1, 2]
  median(values)
  expect(values).toEqual([3, 1, 2])
})

test('a table is as wide as its widest cells', () => {
  expect(table(['', 'p50'], [['ours', '12 ms']])).toBe(
    ['|      |   p50 |', '|------|------:|', '| ours | 12 ms |'].join('\n'),
  )
})

test.each([
  ["a call's", CALL_WEIGHT, 300, 48],
  ["a small tile's", TILE_WEIGHT, 120, 32],
])('ten seconds of %s load weigh what they say', (_name, weight, picture, sound) => {
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

  test('goes round without a gap: whole pictures from key frame to key frame, and all of its sound', () => {
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

  test('that has no second key frame is refused', () => {
    const file = readFileSync(join(__dirname, '../fixtures/talk.flv'))
    expect(() => readClip(file.subarray(0, 2_000))).toThrow('not enough')
  })
})

describe('traffic', () => {
  test('what every player got is relayed, what one did not get as it was sent is missing', () => {
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

  test("of a stream that others publish, each player's tags are held against those of all players", () => {
    const traffic = new Traffic(2, false)
    for (const at of [0, 0, 40, 80, 80]) traffic.came(tag(at), at, at > 0)
    traffic.end()
    expect(traffic.tally).toEqual({ published: 2, relayed: 3, missing: 1 })
    expect(traffic.delays).toEqual([])
  })

  test('what does not come for long is missing, and is not kept', () => {
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

  test('everybody publishes, and plays all others by addresses that let them in; every tag comes as it was sent', async () => {
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

  test('whoever else comes in is played by all of them, and published by none', async () => {
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

describe('the table of rooms', () => {
  const figures = {
    opening: 1,
    cpu: 30,
    memory: 130,
    added: 60,
    p50: 1,
    p99: 4,
    missing: 0,
    late: 2,
    generator: 50,
    machine: 70,
  }
  const scenes = [
    { rooms: 10, members: 3 },
    { rooms: 100, members: 3 },
  ]

  test('has figures a stream, and those of the service over those of nginx', () => {
    const results: RoomResults = new Map([
      ['call service 10', [figures]],
      ['nginx-rtmp 10', [{ ...figures, cpu: 10, added: 6 }]],
    ])
    const [service, nginx, ratio] = cells(roomsTable(scenes, results))
    expect(service?.slice(0, 8)).toEqual([
      '10 × 3, call service',
      '1 of 1',
      '30',
      '60',
      '30.0',
      '1.000',
      '130',
      '2.000',
    ])
    expect(nginx?.slice(4, 8)).toEqual(['10.0', '0.333', '130', '0.200'])
    expect(ratio?.slice(4, 8)).toEqual(['× 3.00', '× 3.00', '× 1.00', '× 10.00'])
  })

  test('leaves out rounds in which the machine had no time, unless it never had', () => {
    const starved = { ...figures, cpu: 3, machine: 100, missing: 9 }
    const shown = (rounds: RoomFigures[]): string[] | undefined =>
      cells(roomsTable(scenes, new Map([['call service 10', rounds]])))[0]
    expect(shown([starved, figures, starved])?.slice(1, 5)).toEqual(['1 of 3', '30', '60', '30.0'])
    expect(shown([starved, starved])?.slice(1, 5)).toEqual(['0 of 2', '30', '60', '3.0'])
    expect(carried(scenes, new Map([['call service 10', [starved, figures]]]))).toMatch(/up to 10 rooms/)
  })

  test.each([
    ['the load client is the one that is full', { generator: 99 }, /100 rooms of 3 not: the load client itself had no/],
    ['everything is full', { machine: 99 }, /100 rooms of 3 not: the machine had no/],
    ['the load client came too late', { late: 300 }, /100 rooms of 3 not: the load client sent up to 300 ms late/],
    ['the machine carries it', {}, /up to 100 rooms of 3 in real time\.$/],
  ])('says so where %s', (_name, change, expected) => {
    const results: RoomResults = new Map([
      ['call service 10', [figures]],
      ['call service 100', [{ ...figures, ...change }]],
    ])
    expect(carried(scenes, results)).toMatch(expected)
  })
})

function tag(timestamp: number, byte = 7): TestTag {
  return { type: 9, timestamp, payload: Buffer.from([0x27, 1, byte]) }
}

/** The rows of a table. */
function cells(text: string): string[][] {
  const rows = text.split('\n').slice(2)
  return rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
}
