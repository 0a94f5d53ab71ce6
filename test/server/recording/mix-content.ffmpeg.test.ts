/** Contents of a mixed file where video has no clear beginning or end. Everything else: proof/. */
import { appendFileSync, mkdirSync } from 'node:fs'
import type { MediaTag } from '../../../server/media/types'
import { placesFor } from '../../../server/recording/compose/layout'
import type { RecordingRequest } from '../../../server/recording/types'
import { describeWithFfmpeg } from '../../support/ffmpeg'
import { beaconTags, Listen, Look, type Area, type Beacon } from './beacon'
import { boxesOf, readMedia } from './read-media'
import { CID, everything, Stage, START, subject } from './support'
import { audioOf, makeTag, videoOf } from './tags'

/** Tones with whole periods in windows of 20 ms, so that none is detected as another. */
const BEACONS: Beacon[] = [
  { colour: 'red', tone: 500 },
  { colour: 'green', tone: 900 },
]
const SECONDS = 3
let streams: MediaTag[][]
let stage: Stage
const mixed: RecordingRequest = { ...everything, type: '1' }

/** A member's publication, from a second of the call on. */
function publish(uid: number, from: number, tags: readonly MediaTag[], request: Partial<RecordingRequest> = {}): void {
  const who = subject({ uid, account: `user-${uid}`, caller: uid === 1, request: { ...mixed, ...request } })
  stage.play(who, tags, START + from * 1000)
}
const stream = (uid: number): MediaTag[] => streams[uid - 1] ?? []
/** Configurations, and the tags from a second on. */
const since = (tags: readonly MediaTag[], seconds: number) =>
  tags.filter(({ kind, timestamp }) => kind.endsWith('config') || timestamp >= seconds * 1000)
/** As announced by the member. */
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

describeWithFfmpeg('a mixed file', () => {
  beforeAll(() => (streams = BEACONS.map((beacon) => beaconTags(beacon, SECONDS))))
  beforeEach(() => (stage = new Stage()))
  afterEach(async () => await stage.dispose())

  test('it plays while it loads, with the right metadata', async () => {
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

  test('an announced camera-off shows the card although black frames come', async () => {
    publish(1, 0, stream(1))
    says(1, 1, 'sound')
    says(1, 2, 'picture')
    await stage.finish()
    const look = new Look(mixPath())
    expect([0.5, 1.3, 1.7, 2.5].map((time) => look.name(time, at(areas(1), 0)))).toEqual([
      'red',
      'other',
      'other',
      'red',
    ])
  })

  test('a later picture is in its place only from then on', async () => {
    publish(
      1,
      0,
      [...audioOf(stream(1)), ...since(videoOf(stream(1)), 1)].toSorted((a, b) => a.timestamp - b.timestamp),
    )
    await stage.finish()
    const look = new Look(mixPath())
    expect([0.3, 0.7, 1.5, 2.5].map((time) => look.name(time, at(areas(1), 0)))).toEqual([
      'other',
      'other',
      'red',
      'red',
    ])
  })

  test('it is an aac file without video', async () => {
    publish(1, 0, audioOf(stream(1)))
    const { files } = await stage.finish()
    expect(files.map(({ filename }) => filename)).toEqual([`0-${CID}-${START}-0-mix.aac`])
    expect(files[0]).toMatchObject({ kind: 'aac', mix: true, uid: 0 })
    expect(new Listen(stage.path(files[0]?.filename ?? '')).beeps(BEACONS[0]?.tone ?? 0)).toHaveLength(SECONDS)
  })

  test('a picture that changes its form with every frame leaves the sound whole', async () => {
    const tall = videoOf(beaconTags(BEACONS[0] ?? { colour: 'red', tone: 500 }, SECONDS, '240x320'))
    const forms = [videoOf(stream(1)), tall].map((tags) => [
      ...tags.filter(({ kind }) => kind === 'video-config'),
      ...tags.filter(({ kind }) => kind === 'video-key').slice(-1),
    ])
    const changes = Array.from({ length: 30 }, (_, at) =>
      (forms[at % 2] ?? []).flatMap(({ type, payload }) => (type === 18 ? [] : [makeTag(type, at * 66, payload)])),
    )
    const tags = [...audioOf(stream(1)), ...changes.flat()].toSorted((a, b) => a.timestamp - b.timestamp)
    publish(1, 0, tags, { type: '0' })
    const { files, notes } = await stage.finish()
    expect(notes).toEqual([])
    expect(files.map(({ kind }) => kind)).toEqual(['aac', ...changes.map(() => 'mp4'), 'mp4'])
    for (const { filename } of [files[0], files.at(-1)].filter((file) => file !== undefined)) {
      const beeps = new Listen(stage.path(filename)).beeps(500)
      expect(beeps.map(Math.round)).toEqual([0, 1, 2])
    }
  })
})
