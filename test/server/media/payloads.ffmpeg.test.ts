/** Streams as encoders really send them, over the real engine: recorded and played live, both are decoded without a complaint. */
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

// Decoding waits for a machine that has other work.
jest.setTimeout(180_000)

const NAME = { cid: 7, uid: 42 }
const HEAD = 5
interface Sent {
  type: 8 | 9
  timestamp: number
  payload: Buffer
}
const talk: Sent[] = tagsOf('talk').flatMap(({ type, timestamp, payload }) =>
  type === 18 ? [] : [{ type, timestamp, payload }],
)
const isPicture = ({ type, payload }: Sent): boolean => type === 9 && payload[1] === 1
const isSound = ({ type, payload }: Sent): boolean => type === 8 && payload[1] === 1
const PICTURES = talk.filter(isPicture).length
const SOUNDS = talk.filter(isSound).length

function nalsOf(payload: Buffer): Buffer[] {
  const nals: Buffer[] = []
  for (let at = HEAD; at < payload.length;) {
    const size = payload.readUInt32BE(at)
    nals.push(payload.subarray(at + 4, at + 4 + size))
    at += 4 + size
  }
  return nals
}
function withLength(nal: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(nal.length)
  return Buffer.concat([length, nal])
}
const lengths = (nals: readonly Buffer[]): Buffer => Buffer.concat(nals.map(withLength))
const startCodes = (nals: readonly Buffer[]): Buffer =>
  Buffer.concat(nals.flatMap((nal) => [Buffer.of(0, 0, 0, 1), nal]))
/** Every picture with other contents. */
const pictures = (change: (payload: Buffer) => Buffer[]): Sent[] =>
  talk.flatMap((tag) => (isPicture(tag) ? change(tag.payload).map((payload) => ({ ...tag, payload })) : [tag]))
const body = (payload: Buffer, data: Buffer, first = payload.readUInt8(0)): Buffer =>
  Buffer.concat([Buffer.of(first), payload.subarray(1, HEAD), data])
const EMPTY = Buffer.alloc(0)
const SEI = Buffer.from('0605010080', 'hex')

const STREAMS: [string, Sent[]][] = [
  ['zero-length units', pictures((p) => [body(p, lengths([EMPTY, ...nalsOf(p), EMPTY]))])],
  ['tags with supplemental information only', pictures((p) => [body(p, lengths([SEI]), 0x27), p])],
  ['start codes in place of lengths', pictures((p) => [body(p, startCodes(nalsOf(p)))])],
  [
    'delimiters and filler',
    pictures((p) => [body(p, lengths([Buffer.of(9, 0xf0), ...nalsOf(p), Buffer.from('0cffff80', 'hex')]))]),
  ],
  ['key frames that are not flagged', pictures((p) => [body(p, p.subarray(HEAD), 0x27)])],
  ['all frames flagged as key', pictures((p) => [body(p, p.subarray(HEAD), 0x17)])],
  [
    'an empty AAC configuration before the right one',
    [{ type: 8, timestamp: 0, payload: Buffer.of(0xaf, 0) }, ...talk],
  ],
  [
    'ADTS headers inside FLV',
    talk.map((tag) => {
      if (!isSound(tag)) return tag
      const size = tag.payload.length - 2 + 7
      // 48 kHz, one channel.
      const adts = Buffer.of(0xff, 0xf1, 0x4c, 0x40 | (size >> 11), (size >> 3) & 255, ((size & 7) << 5) | 0x1f, 0xfc)
      return { ...tag, payload: Buffer.concat([tag.payload.subarray(0, 2), adts, tag.payload.subarray(2)]) }
    }),
  ],
]

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
    finisher: REMUX_HERE,
  })
})
afterEach(async () => {
  await recording.close()
  await engine.close()
  rmSync(folder, { recursive: true, force: true })
})

const decode = (path: string): void => void ffmpeg('-i', path, '-f', 'null', '-')

describeWithFfmpeg('a stream with', () => {
  test.each(STREAMS)('%s', async (_, sent) => {
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

/** The parameter sets of a configuration tag. */
function setsOf(payload: Buffer): Buffer[] {
  const size = payload.readUInt16BE(HEAD + 6)
  const from = HEAD + 8 + size + 3
  return [payload.subarray(HEAD + 8, HEAD + 8 + size), payload.subarray(from, from + payload.readUInt16BE(from - 2))]
}

describeWithFfmpeg('a picture that changes its size', () => {
  test('by parameter sets in a key frame alone makes another piece, and a mix of everybody', async () => {
    type = '0'
    const turned = tagsOf('turned').filter(({ kind }) => kind.startsWith('video'))
    const sets = setsOf(turned.find(({ kind }) => kind === 'video-config')?.payload ?? EMPTY)
    const later = turned.flatMap(({ kind, timestamp, payload }): Sent[] => {
      if (kind === 'video-config') return []
      const data = kind === 'video-key' ? lengths([...sets, ...nalsOf(payload)]) : payload.subarray(HEAD)
      return [{ type: 9, timestamp: timestamp + 4_200, payload: body(payload, data) }]
    })
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
