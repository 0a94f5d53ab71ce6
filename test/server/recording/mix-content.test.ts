/** What one sees and hears in a mixed file: everybody, in the right place, at the right time. */
import { appendFileSync, mkdirSync } from 'node:fs'
import type { MediaTag } from '../../../server/media/types'
import { placesFor } from '../../../server/recording/mix/layout'
import type { RecordingRequest } from '../../../server/recording/types'
import { describeWithFfmpeg } from '../../support/ffmpeg'
import { beaconTags, Listen, Look, type Area, type Beacon } from './beacon'
import { boxesOf, readMedia } from './read-media'
import { CID, everything, Stage, START, subject } from './support'
import { audioOf, shifted, videoOf } from './tags'

type Tone = Beacon['tone']
/** Tones whose windows of 20 ms hold whole waves, so that none is heard in another's place. */
const BEACONS: Beacon[] = [
  { colour: 'red', tone: 500 },
  { colour: 'green', tone: 900 },
  { colour: 'blue', tone: 1300 },
  { colour: 'yellow', tone: 1700 },
  { colour: 'magenta', tone: 2100 },
]
const SECONDS = 6
let streams: MediaTag[][]
let stage: Stage
const mixed: RecordingRequest = { ...everything, type: '1' }

/** One publication of a member, from a second of the call on. */
function publish(uid: number, from: number, tags: readonly MediaTag[], request: Partial<RecordingRequest> = {}): void {
  const who = subject({ uid, account: `user-${uid}`, caller: uid === 1, request: { ...mixed, ...request } })
  stage.play(who, tags, START + from * 1000)
}
const stream = (uid: number): MediaTag[] => streams[uid - 1] ?? []
const upTo = (tags: readonly MediaTag[], seconds: number) => tags.filter(({ timestamp }) => timestamp < seconds * 1000)
/** Configurations, and what comes from a second on. */
const since = (tags: readonly MediaTag[], seconds: number) =>
  tags.filter(({ kind, timestamp }) => kind.endsWith('config') || timestamp >= seconds * 1000)
/** By its own word. */
function says(uid: number, at: number, presence: 'picture' | 'sound' | 'left'): void {
  mkdirSync(stage.path(`spool/${uid}`), { recursive: true })
  appendFileSync(stage.path(`spool/${uid}/presence`), `${START + at * 1000} ${presence}\n`)
}
const mixPath = (): string => stage.path(`0-${CID}-${START}-0-mix.mp4`)
const areas = (count: number, main: number | null = null): Area[] =>
  placesFor(count, main).map(({ x, y, width, height }) => ({
    x: x / 640,
    y: y / 480,
    width: width / 640,
    height: height / 480,
  }))
const at = (list: readonly Area[], index: number): Area => list[index] ?? { x: 0, y: 0, width: 1, height: 1 }

/** Of what was expected, each at most `off` away; at least 95 % must be there, and nothing else. */
function expectTimes(found: readonly number[], expected: readonly number[], off: number): void {
  const hit = expected.filter((time) => found.some((one) => Math.abs(one - time) <= off))
  const stray = found.filter((time) => !expected.some((one) => Math.abs(one - time) <= off))
  expect({ missing: expected.length - hit.length <= expected.length * 0.05, stray, found }).toEqual({
    missing: true,
    stray: [],
    found,
  })
  const nearest = (time: number): number =>
    expected.reduce((best, one) => (Math.abs(one - time) < Math.abs(best - time) ? one : best))
  for (const [index, time] of found.entries()) {
    const before = found[index - 1] ?? time
    const apart = nearest(time) - nearest(before)
    expect(Math.abs(time - before - apart)).toBeLessThan(0.06)
  }
}
const every = (from: number, count: number): number[] => Array.from({ length: count }, (_, second) => from + second)
const tone = (uid: number): Tone => BEACONS[uid - 1]?.tone ?? 0

describeWithFfmpeg('a mixed file', () => {
  beforeAll(() => (streams = BEACONS.map((beacon) => beaconTags(beacon, SECONDS))))
  beforeEach(() => (stage = new Stage()))
  afterEach(async () => await stage.dispose())

  test('two members: each in its place from when it came to when it went, in time with each other', async () => {
    publish(1, 0, stream(1))
    publish(2, 1.75, upTo(stream(2), 3))
    const { files, notes } = await stage.finish()
    expect(notes).toEqual([])
    expect(files).toMatchObject([{ mix: true, kind: 'mp4', uid: 0, account: 'user-1', caller: true, pieceIndex: 0 }])
    const look = new Look(mixPath())
    const listen = new Listen(mixPath())
    expect(Math.abs(look.seconds - SECONDS)).toBeLessThan(0.15)
    expect(Math.abs(listen.seconds - SECONDS)).toBeLessThan(0.15)
    const [whole, half] = [areas(1), areas(2)]
    expect([1.2, 1.4].map((time) => look.name(time, at(whole, 0)))).toEqual(['red', 'red'])
    expect([2.5, 3.5, 4.5].map((time) => look.name(time, at(half, 0)))).toEqual(['red', 'red', 'red'])
    expect([2.2, 3.2, 4.2].map((time) => look.name(time, at(half, 1)))).toEqual(['green', 'green', 'green'])
    expect([5.3, 5.6].map((time) => look.name(time, at(whole, 0)))).toEqual(['red', 'red'])
    // Alone in the whole picture at first and at last, at the left in between.
    expectTimes(look.flashes({ x: 0.1, y: 0.3, width: 0.3, height: 0.4 }), every(0, 6), 0.1)
    expectTimes(listen.beeps(tone(1)), every(0, 6), 0.05)
    const seen = look.flashes(at(half, 1)).filter((time) => time > 1.6 && time < 4.7)
    expectTimes(
      seen.filter((time) => Math.abs((time % 1) - 0.75) < 0.2),
      every(1.75, 3),
      0.1,
    )
    expectTimes(listen.beeps(tone(2)), every(1.75, 3), 0.05)
  })

  test('it plays while it loads, and says what it is', async () => {
    publish(1, 0, stream(1))
    const { files } = await stage.finish()
    const boxes = boxesOf(mixPath())
    expect(boxes.indexOf('moov')).toBeLessThan(boxes.indexOf('mdat'))
    const { video, audio, duration } = await readMedia(mixPath())
    expect(video).toMatchObject({ codec: 'avc', width: 640, height: 480 })
    expect(video?.times).toHaveLength(SECONDS * 20 + 1)
    expect(video?.times.every((time, frame) => Math.abs(time - frame / 20) < 0.001)).toBe(true)
    expect(audio).toMatchObject({ codec: 'aac', sampleRate: 48_000, channels: 1 })
    expect(files[0]?.duration).toBe(Math.round(duration * 1000))
  })

  test('a camera switched off shows the name card, and its sound goes on; one that re-published is one member', async () => {
    publish(1, 0, stream(1))
    // No frames from its second 1 to 5: the camera is off, and nobody says so.
    const off = stream(2).filter(({ type, timestamp }) => type === 8 || timestamp < 1000 || timestamp >= 5000)
    publish(2, 0.5, off)
    // Comes back after half a second.
    publish(3, 1, upTo(stream(3), 2))
    publish(3, 3.5, upTo(stream(3), 2))
    await stage.finish()
    const look = new Look(mixPath())
    const listen = new Listen(mixPath())
    const four = areas(3)
    expect([1.3, 3, 4, 6.2].map((time) => look.name(time, at(four, 1)))).toEqual(['green', 'other', 'other', 'green'])
    expectTimes(listen.beeps(tone(2)), every(0.5, 6), 0.05)
    // In the third place before and after its break; the card stands there meanwhile.
    expect([1.5, 2.5, 3.2, 4, 5].map((time) => look.name(time, at(four, 2)))).toEqual([
      'blue',
      'blue',
      'other',
      'blue',
      'blue',
    ])
    expectTimes(listen.beeps(tone(3)), [1, 2, 3.5, 4.5], 0.05)
  })

  test('a camera that is off by its member’s word shows the card though black frames come', async () => {
    publish(1, 0, stream(1))
    says(1, 2, 'sound')
    says(1, 4, 'picture')
    await stage.finish()
    const look = new Look(mixPath())
    expect([1.5, 2.5, 3.5, 4.5].map((time) => look.name(time, at(areas(1), 0)))).toEqual([
      'red',
      'other',
      'other',
      'red',
    ])
  })

  test('who leaves is out of the picture, and comes back to the place of its first joining', async () => {
    publish(1, 0, upTo(stream(1), 2))
    says(1, 2, 'left')
    publish(2, 0, stream(2))
    publish(1, 4, upTo(stream(1), 2))
    await stage.finish()
    const look = new Look(mixPath())
    expect(look.name(1.5, at(areas(2), 0))).toBe('red')
    expect(look.name(3.5, at(areas(1), 0))).toBe('green')
    expect([0, 1].map((place) => look.name(4.5, at(areas(2), place)))).toEqual(['red', 'green'])
  })

  test('five members, one of them the main speaker, who is large', async () => {
    for (const uid of [1, 2, 3, 4, 5]) publish(uid, uid * 0.25 - 0.25, stream(uid), { hostSpeaker: uid === 3 })
    await stage.finish()
    const look = new Look(mixPath())
    const listen = new Listen(mixPath())
    const places = areas(5, 2)
    expect(at(places, 2).width).toBeGreaterThan(0.7)
    expect(places.map((place) => look.name(3.7, place))).toEqual(['red', 'green', 'blue', 'yellow', 'magenta'])
    for (const uid of [1, 2, 3, 4, 5]) {
      const from = uid * 0.25 - 0.25
      expectTimes(listen.beeps(tone(uid)), every(from, 6), 0.05)
      const flashes = look.flashes(at(places, uid - 1)).filter((time) => time > 1.2 && time < 5.9)
      expectTimes(
        flashes,
        every(from, 6).filter((time) => time > 1.2 && time < 5.9),
        0.1,
      )
    }
  })

  test('in it is heard who records sound and seen who records a picture, whatever else they ask for', async () => {
    publish(1, 0, stream(1), { audio: false, type: '0' })
    publish(2, 0, stream(2), { video: false, type: '2' })
    publish(3, 0, stream(3), { audio: false, video: false, live: true })
    const { files } = await stage.finish()
    expect(files.map(({ uid, kind }) => `${uid} ${kind}`)).toEqual(['1 mp4', '2 aac', '3 flv', '0 mp4'])
    const look = new Look(mixPath())
    const listen = new Listen(mixPath())
    expect([0, 1].map((place) => look.name(2.5, at(areas(2), place)))).toEqual(['red', 'other'])
    expect([1, 2, 3].map((uid) => listen.beeps(tone(uid)).length)).toEqual([0, 6, 0])
  })

  test('a call without a picture is mixed into an .aac of the right length', async () => {
    publish(1, 0, audioOf(stream(1)))
    publish(2, 2.3, audioOf(stream(2)))
    const { files } = await stage.finish()
    const path = stage.path(`0-${CID}-${START}-0-mix.aac`)
    expect(files.map(({ filename }) => stage.path(filename))).toEqual([path])
    expect(Math.abs((files[0]?.duration ?? 0) - 8300)).toBeLessThan(80)
    const listen = new Listen(path)
    expectTimes(listen.beeps(tone(1)), every(0, 6), 0.05)
    expectTimes(listen.beeps(tone(2)), every(2.3, 6), 0.05)
  })

  test('pictures alone make a silent mp4', async () => {
    publish(1, 0, stream(1), { audio: false })
    await stage.finish()
    expect((await readMedia(mixPath())).audio).toBeNull()
    expect(new Look(mixPath()).flashes(at(areas(1), 0))).toHaveLength(6)
  })

  test('a phone that turns goes on in its place with its other shape', async () => {
    const tall = beaconTags(BEACONS[0] ?? { colour: 'red', tone: 500 }, 3, '240x320')
    publish(1, 0, [...upTo(stream(1), 3), ...shifted(tall, 3000)])
    publish(2, 0, stream(2))
    await stage.finish()
    const look = new Look(mixPath())
    expect([1.5, 4.5].map((time) => look.name(time, at(areas(2), 0)))).toEqual(['red', 'red'])
    // 240 of 320 wide: what was picture before is beside it now.
    const above = { ...at(areas(2), 0), y: 0.05, height: 0.1 }
    expect([1.5, 4.5].map((time) => look.name(time, above))).toEqual(['other', 'red'])
    expectTimes(new Listen(mixPath()).beeps(tone(1)), every(0, 6), 0.05)
  })

  test('a picture that comes later is in its place only from then on', async () => {
    publish(
      1,
      0,
      [...audioOf(stream(1)), ...since(videoOf(stream(1)), 3)].toSorted((a, b) => a.timestamp - b.timestamp),
    )
    await stage.finish()
    const look = new Look(mixPath())
    expect([1.5, 2.5, 3.5, 4.5].map((time) => look.name(time, at(areas(1), 0)))).toEqual([
      'other',
      'other',
      'red',
      'red',
    ])
  })
})
