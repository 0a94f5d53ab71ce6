/** Failures around a recording (the disk, one member's stream) are in its record; everything else continues. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { join } from 'node:path'
import { pino } from 'pino'
import type { ApiCall } from '../../../miniprogram/netcall/http-api'
import { advance, controlClock, useRealTime } from '../../support/clock'
import { flvUrl, publishWs, syntheticStream, type TestTag } from '../../support/media-client'
import { Chance } from '../../support/random'
import { startService, type TestService } from '../../support/service'
import { until } from '../../support/until'
import { tagsOf } from '../recording/tags'
import { recordOf, respond, ring, session } from './call'

interface Logged {
  level: number
  msg: string
}
let running: TestService
let logged: Logged[]
const log = () => pino({ level: 'warn' }, { write: (line: string) => void logged.push(JSON.parse(line)) })
const said = (): string[] => logged.map(({ msg }) => msg)

beforeEach(async () => {
  // Tags sent at once arrive at once on any machine.
  controlClock()
  logged = []
  running = await startService({}, { log: log() })
})
afterEach(async () => {
  await running.close()
  useRealTime()
})

const NORMAL = [...syntheticStream({ duration: 2000 })]
const recorded = { recordAudio: 1, recordVideo: 1 } as const

/** A whole call in which alice sends this and bob a plain stream of two seconds; its record when done. */
async function talk(tags: Iterable<TestTag>): Promise<ApiCall & { bob: number }> {
  const call = await ring(running)
  await respond(call)
  const links: { cut(): void }[] = [call.alice, call.bob]
  let bob = 0
  for (const [account, stream] of [['alice', tags] as const, ['bob', NORMAL] as const]) {
    const member = await session(call.ways, account, { ...recorded, recordType: '2' })
    links.push(member.link)
    bob = member.uid
    const publisher = await publishWs(flvUrl(member.pushUrl, 'ws', `127.0.0.1:${running.port}`))
    for (const tag of stream) publisher.sendTag(tag)
    publisher.ws.ping()
    await Promise.race([once(publisher.ws, 'pong'), publisher.inbox.closed()])
  }
  await call.alice.request('hangup', { channelId: call.cid })
  const isTold = async (): Promise<boolean> => {
    await advance(100)
    return (await recordOf(running, call.cid)).callbacks.every(({ state }) => state === 'sent')
  }
  await until(isTold, 'the callbacks')
  for (const link of links) link.cut()
  return { ...(await recordOf(running, call.cid)), bob }
}
const kinds = ({ files }: ApiCall, uid: number, own: boolean): string[] =>
  files.filter((file) => (file.uid === uid) === own).map(({ kind }) => kind)
const events = ({ callbacks }: ApiCall): string[] => callbacks.map(({ eventType }) => eventType)

test('an unwritable folder: calls continue, records and log report it; then everything works again', async () => {
  const folder = join(running.dataDir, 'recordings')
  renameSync(folder, `${folder}.gone`)
  writeFileSync(folder, 'in the way')
  const lost = await talk(NORMAL)
  expect(lost.recording).toMatchObject({ state: 'failed', notes: [{ code: 'unfinished' }, { code: 'unfinished' }] })
  for (const { message } of lost.recording.notes) expect(message).toMatch(/(alice|bob) is incomplete. Writing failed/)
  expect(events(lost)).toEqual(['20', '5'])
  expect(said()).toContain('recording: writing failed')
  expect((await fetch(`${running.url}/healthz`)).status).toBe(503)

  rmSync(folder)
  mkdirSync(folder)
  expect((await fetch(`${running.url}/healthz`)).status).toBe(200)
  const next = await talk(NORMAL)
  expect(next.recording).toMatchObject({ state: 'done', notes: [] })
  expect(events(next)).toEqual(['20', '5', '6'])
})

const chance = new Chance(5)
const media = (tags: readonly TestTag[], change: (tag: TestTag, at: number) => Partial<TestTag>): TestTag[] =>
  tags.map((tag, at) => (tag.payload[1] === 0 ? tag : { ...tag, ...change(tag, at) }))
/** Pictures declared as another codec. */
const inCodec = (number: number): TestTag[] =>
  NORMAL.map((tag) => {
    if (tag.type !== 9) return tag
    const payload = Buffer.from(tag.payload)
    payload[0] = (payload.readUInt8(0) & 0xf0) | number
    return { ...tag, payload }
  })
const garbled = media(NORMAL, ({ payload }) => {
  const bytes = Buffer.from(payload)
  for (let at = 5; at < bytes.length; at++) bytes[at] = chance.below(256)
  return { payload: bytes }
})

test.each<[string, Iterable<TestTag>, string[], RegExp | null]>([
  ['no sound at all', syntheticStream({ audio: false, duration: 2000 }), ['mp4'], null],
  ['no picture at all', syntheticStream({ video: false, duration: 2000 }), ['aac'], null],
  ['nothing at all', [], [], null],
  ['pictures that refer to later ones', tagsOf('talk'), ['aac', 'mp4'], null],
  ['time stamps at random', media(NORMAL, () => ({ timestamp: chance.below(2 ** 32) })), ['aac', 'mp4'], null],
  [
    'a clock that jumps',
    media(NORMAL, ({ timestamp }, at) => ({ timestamp: timestamp + (at > 40 ? 4e6 : 0) })),
    ['aac', 'mp4'],
    null,
  ],
  [
    'a clock that runs back',
    media(NORMAL, ({ timestamp }) => ({ timestamp: 9_000 - timestamp })),
    ['aac', 'mp4'],
    null,
  ],
  ['noise for frames', garbled, ['aac'], /alice is incomplete. In no file: 30 of 30 pictures .unreadable./],
  ['pictures in HEVC', inCodec(12), ['aac'], /alice is incomplete. Only H\.264 video is recorded/],
  [
    'pictures in a codec that nobody can play',
    inCodec(2),
    [],
    /alice is incomplete. Its stream could not be recorded: video codec 2/,
  ],
])(
  'a publisher with %s: its record says what it is, the other member’s files are whole',
  async (_, tags, own, note) => {
    const call = await talk(tags)
    expect(kinds(call, call.bob, false)).toEqual(own)
    const notes = call.recording.notes.map(({ message }) => message)
    expect(notes).toEqual(note ? [expect.stringMatching(note)] : [])
    expect(call.recording.state).toBe('done')
    for (const { audio, video } of call.recording.frames) {
      for (const { received, written, dropped } of [audio, video]) {
        expect(written + Object.values(dropped).reduce((sum, frames) => sum + frames, 0)).toBe(received)
      }
    }
    for (const { duration } of call.files) expect(duration).toBeLessThan(10_000)
    expect(kinds(call, call.bob, true)).toEqual(['aac', 'mp4'])
    const whole = call.files.filter(({ uid, duration }) => uid === call.bob && Math.abs(duration - 2_000) < 100)
    expect(whole).toHaveLength(2)
    expect(events(call)).toEqual(['20', '5', '6'])
    expect(logged.filter(({ level }) => level > 40)).toEqual([])
  },
)
