/** The live recording: a member's stream unchanged, in one .flv file. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { CID, everything, Stage, START, subject, UID } from './support'
import { framesOf, tagsIn, tagsOf } from './tags'

const talk = tagsOf('talk')
const live = { ...everything, live: true }
const path = (): string => stage.path(`0-${CID}-${START}-${UID}.flv`)

let stage: Stage
beforeEach(() => (stage = new Stage()))
afterEach(async () => await stage.dispose())

test('it has exactly the sent frames, after what a player needs', async () => {
  stage.play(subject({ request: live }), talk)
  const { files, notes } = await stage.finish()
  expect(notes).toEqual([])
  const bytes = readFileSync(path())
  expect(files.find(({ kind }) => kind === 'flv')).toEqual({
    cid: CID,
    uid: UID,
    account: 'alice',
    caller: true,
    kind: 'flv',
    filename: `0-${CID}-${START}-${UID}.flv`,
    size: bytes.length,
    md5: createHash('md5').update(bytes).digest('hex'),
    duration: expect.closeTo(4130, -2),
    mix: false,
    pieceIndex: 0,
  })
  const tags = tagsIn(bytes)
  for (const track of ['video', 'audio']) {
    const [first] = tags.filter(({ kind }) => kind.startsWith(track))
    expect(first?.kind).toBe(`${track}-config`)
  }
  const sent = framesOf(talk)
  const kept = framesOf(tags)
  expect(kept.map(({ payload }) => payload.toString('hex'))).toEqual(sent.map(({ payload }) => payload.toString('hex')))
  const late = (kept[0]?.timestamp ?? 0) - (sent[0]?.timestamp ?? 0)
  expect(kept.every(({ timestamp }, index) => timestamp - (sent[index]?.timestamp ?? 0) === late)).toBe(true)
})

test('it has audio and video even if nothing else is requested, and makes no other files', async () => {
  stage.play(subject({ request: { ...live, audio: false, video: false, type: '0' } }), talk)
  const { files } = await stage.finish()
  expect(files.map(({ kind }) => kind)).toEqual(['flv'])
  const kinds = new Set(tagsIn(readFileSync(path())).map(({ kind }) => kind))
  expect([...kinds].sort()).toEqual(['audio', 'audio-config', 'video', 'video-config', 'video-key'])
})

test('its media are in no other file', async () => {
  stage.play(subject({ request: { ...live, audio: false } }), talk)
  const { files } = await stage.finish()
  expect(files.map(({ kind }) => kind)).toEqual(['mp4', 'flv'])
  const mp4 = readFileSync(stage.path(`0-${CID}-${START}-${UID}.mp4`))
  const sound = talk.filter(({ kind, payload }) => kind === 'audio' && payload.length > 20)
  expect(sound.some(({ payload }) => mp4.includes(payload.subarray(2)))).toBe(false)
})

test("it is one file after a reconnect, and after a change of the picture's size", async () => {
  stage.play(subject({ request: live }), talk)
  stage.play(subject({ request: live }), tagsOf('turned'), START + 7000)
  const { files } = await stage.finish()
  expect(files.filter(({ kind }) => kind === 'flv').map(({ filename }) => stage.path(filename))).toEqual([path()])
  const tags = tagsIn(readFileSync(path()))
  const times = tags.map(({ timestamp }) => timestamp)
  expect(times.every((time, index) => time >= (times[index - 1] ?? 0))).toBe(true)
  const gap = times.filter((time) => time > 4300 && time < 6900)
  expect(gap).toEqual([])
  expect(tags.filter(({ kind }) => kind === 'video-config').length).toBeGreaterThan(1)
})

test('it has only the publications that asked for it', async () => {
  stage.play(subject({ request: live }), talk)
  stage.play(subject({ request: everything }), talk, START + 7000)
  const { notes } = await stage.finish()
  expect(notes).toEqual([])
  expect(framesOf(tagsIn(readFileSync(path())))).toHaveLength(framesOf(talk).length)
})

test('a publication that did not ask may come first', async () => {
  stage.play(subject({ request: everything }), talk)
  stage.play(subject({ request: live }), talk, START + 7000)
  await stage.finish()
  const tags = tagsIn(readFileSync(path()))
  expect(tags[0]?.kind).toBe('video-config')
  expect(framesOf(tags)).toHaveLength(framesOf(talk).length)
})
