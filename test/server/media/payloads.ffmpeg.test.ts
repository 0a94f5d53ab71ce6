/** Streams as encoders really send them, over the real engine: recorded and played, both decode without errors. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { flvHeader, writeFlvTag } from '../../../server/media/flv'
import type { RecordType } from '../../../miniprogram/netcall/constants'
import { createRecording } from '../../../server/recording/recording'
import type { Recording } from '../../../server/recording/types'
import { Timeline } from '../../../server/timeline'
import { describeWithFfmpeg, ffmpeg } from '../../support/ffmpeg'
import { playHttp, publishRtmp } from '../../support/media-client'
import { REMUX_HERE } from '../../support/remux'
import { until } from '../../support/until'
import { readMedia } from '../recording/read-media'
import { everything } from '../recording/support'
import { tagsOf } from '../recording/tags'
import { startEngine, type Engine } from './engine'
import { isPicture, isSound, PAYLOAD_MODELS, withSetsInBand, type Sent } from './payload-models'

// Decoding takes long on a busy machine.
jest.setTimeout(180_000)

const NAME = { cid: 7, uid: 42 }
const talk: Sent[] = tagsOf('talk').flatMap(({ type, timestamp, payload }) =>
  type === 18 ? [] : [{ type, timestamp, payload }],
)
const PICTURES = talk.filter(isPicture).length
const SOUNDS = talk.filter(isSound).length

let engine: Engine
let folder: string
let recording: Recording
let type: RecordType
beforeEach(async () => {
  type = '2'
  engine = await startEngine()
  folder = mkdtempSync(join(tmpdir(), 'payloads-'))
  recording = createRecording({
    media: engine.media,
    directory: folder,
    subjectOf: (name) => ({ ...name, account: `user-${name.uid}`, caller: true, request: { ...everything, type } }),
    logger: pino({ level: 'silent' }),
    timeline: new Timeline(),
    remuxWorker: REMUX_HERE,
  })
})
afterEach(async () => {
  await recording.close()
  await engine.close()
  rmSync(folder, { recursive: true, force: true })
})

const decode = (path: string): void => void ffmpeg('-i', path, '-f', 'null', '-')

describeWithFfmpeg('a stream with', () => {
  test.each(PAYLOAD_MODELS)('%s', async (_, model) => {
    const sent = model(talk)
    const player = await playHttp(engine.play(NAME, 'http'))
    const publisher = await publishRtmp(engine.push(NAME))
    for (const tag of sent) publisher.sendTag(tag)
    const seen = (which: (tag: Sent) => boolean): Sent[] =>
      player.tags.items
        .flatMap(({ type, timestamp, payload }) => (type === 18 ? [] : [{ type, timestamp, payload }]))
        .filter(which)
    await until(
      () => seen(isPicture).length === PICTURES && seen(isSound).length === SOUNDS,
      'all frames at the player',
    )
    publisher.close()
    await until(() => engine.events.some((event) => event.startsWith('unpublish')), 'the end of the stream')

    const { files, notes } = await recording.finish(NAME.cid)
    expect(notes).toEqual([])
    expect(files.map(({ kind }) => kind)).toEqual(['aac', 'mp4'])
    for (const { filename } of files) decode(join(folder, String(NAME.cid), filename))
    const [, film] = files
    const { video } = await readMedia(join(folder, String(NAME.cid), film?.filename ?? ''))
    expect(video?.times).toHaveLength(PICTURES)

    const live = join(folder, 'live.flv')
    const tags = player.tags.items.map(({ type, timestamp, payload }) => writeFlvTag(type, timestamp, payload))
    writeFileSync(live, Buffer.concat([flvHeader({ audio: true, video: true }), ...tags]))
    decode(live)
  })
})

describeWithFfmpeg('a picture that changes its size', () => {
  test('by parameter sets in a key frame alone begins another piece, and a composite for all', async () => {
    type = '0'
    const turned: Sent[] = tagsOf('turned').flatMap(({ type, timestamp, payload }) =>
      type === 9 ? [{ type, timestamp: timestamp + 4_200, payload }] : [],
    )
    const later = withSetsInBand(turned)
    const [one, other] = [NAME, { ...NAME, uid: 43 }]
    for (const [name, sent] of [[one, talk] as const, [other, [...talk, ...later]] as const]) {
      const publisher = await publishRtmp(engine.push(name))
      for (const tag of sent) publisher.sendTag(tag)
      const frames = sent.filter((tag) => isPicture(tag) || isSound(tag)).length
      const came = (): number =>
        engine.tags.filter(({ publication, tag }) => publication.name.uid === name.uid && !tag.kind.endsWith('config'))
          .length
      await until(() => came() >= frames, 'all frames')
      publisher.close()
    }
    await until(() => engine.events.filter((event) => event.startsWith('unpublish')).length === 2, 'the streams to end')
    const singles = await recording.finish(NAME.cid)
    const mixed = await recording.mix(NAME.cid)
    expect([...singles.notes, ...mixed.notes]).toEqual([])
    const pieces = singles.files.filter(({ uid, kind }) => uid === other.uid && kind === 'mp4')
    const sizes = []
    for (const { filename } of pieces) {
      const { video } = await readMedia(join(folder, String(NAME.cid), filename))
      sizes.push([video?.width, video?.height])
    }
    expect(sizes).toEqual([
      [320, 240],
      [240, 320],
    ])
    expect(mixed.files.map(({ kind }) => kind)).toEqual(['mp4'])
    for (const { filename } of [...pieces, ...mixed.files]) decode(join(folder, String(NAME.cid), filename))
  })
})
