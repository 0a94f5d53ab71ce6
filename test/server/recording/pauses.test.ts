/** Pauses are kept, except those for which the call was too short. */
import { readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { readMedia } from './read-media'
import { CID, everything, Stage, subject, UID } from './support'
import { audioOf, framesOf, makeTag, placeIn, shifted, tagsOf, videoOf } from './tags'

const talk = tagsOf('talk')
const TALK = 4.13
const FRAME = 0.07
/** Maximum lead of a stream over real time, s. */
const AHEAD = 5
/** In the third byte of a tag's timestamp: about nine hours. */
const FAR = 2

let stage: Stage
let began: number
beforeEach(() => {
  stage = new Stage()
  began = Date.now()
})
afterEach(async () => await stage.dispose())

const aac = () => stage.path(`0-${CID}-${began}-${UID}.aac`)
const mp4 = () => stage.path(`0-${CID}-${began}-${UID}.mp4`)

/** A spool written within `wallTime` ms, with frames from one to another nine hours late. */
async function damage(from: number, to: number, wallTime: number): Promise<void> {
  const [path = ''] = await stage.abandon([UID], began)
  stage = new Stage({ directory: stage.directory })
  const bytes = readFileSync(path)
  for (const tag of framesOf(talk).slice(from, to)) bytes[placeIn(bytes, tag) + 7] = FAR
  writeFileSync(path, bytes)
  utimesSync(path, new Date(), (began + wallTime) / 1000)
}

const frames = framesOf(talk).length
test.each([
  [100, 101],
  [100, 102],
  [100, 105],
  [frames - 1, frames],
])('damaged timestamps of frames %i to %i make no pause', async (from, to) => {
  await damage(from, to, 20_000)
  const { files, notes } = await stage.finish()
  expect(notes).toEqual([])
  for (const { duration } of files) expect(Math.abs(duration / 1000 - TALK)).toBeLessThan(FRAME)
})

test('a lasting jump without a real pause makes none; every frame is kept', async () => {
  await damage(100, Infinity, 20_000)
  const { files, notes } = await stage.finish()
  expect(notes).toEqual([])
  for (const { duration } of files) expect(Math.abs(duration / 1000 - TALK)).toBeLessThan(2 * FRAME)
  const times = (await readMedia(mp4())).video?.times ?? []
  expect(times).toHaveLength(framesOf(videoOf(talk)).length)
})

test('a wildly wrong clock cannot make a long file of a short call', async () => {
  const mad = framesOf(audioOf(talk)).flatMap((tag, at) => shifted([tag], at * 14_000))
  stage.play(subject(), [...talk.filter(({ kind }) => kind.endsWith('config')), ...mad], began)
  const { files, notes } = await stage.finish()
  expect(files.map(({ kind }) => kind)).toEqual(['aac'])
  // Only pauses that did not exist are missing.
  expect(notes).toEqual([])
  expect((await readMedia(aac())).duration).toBeLessThan(TALK + AHEAD)
})

test('a configuration change with each jump cannot either', async () => {
  const parts = ['talk', 'turned', 'talk', 'turned'] as const
  stage.play(
    subject(),
    parts.flatMap((name, at) => shifted(tagsOf(name).slice(0, 60), at * 14_000)),
    began,
  )
  const { files, notes } = await stage.finish()
  // Only pauses that did not exist are missing.
  expect(notes).toEqual([])
  const films = files.filter(({ kind }) => kind === 'mp4')
  expect(films.length).toBeGreaterThan(1)
  expect(films.reduce((sum, { duration }) => sum + duration, 0)).toBeLessThan(15_000)
})

test('unrecorded video that claims hours cannot either', async () => {
  const picture = framesOf(videoOf(talk)).flatMap((tag, at) => shifted([tag], 4000 + at * 14_000))
  stage.play(subject({ request: { ...everything, video: false } }), [...audioOf(talk), ...picture], began)
  await stage.finish()
  expect((await readMedia(aac())).duration).toBeLessThan(TALK + 2 + (Date.now() - began) / 1000)
})

test.each([0x7fffff, -0x7fffff])('a composition time of %i ms cannot either', async (shift) => {
  const tags = framesOf(talk).map((tag, at) => {
    if (tag.type !== 9 || at % 9 !== 0) return tag
    const payload = Buffer.from(tag.payload)
    payload.writeIntBE(shift, 2, 3)
    return makeTag(9, tag.timestamp, payload)
  })
  stage.play(subject(), [...talk.filter(({ kind }) => kind.endsWith('config')), ...tags], began)
  await stage.finish()
  expect(Math.abs((await readMedia(aac())).duration - TALK)).toBeLessThan(2 * FRAME)
  expect(Math.abs((await readMedia(mp4())).duration - TALK)).toBeLessThan(2 * FRAME)
})

test("a pause within the call's real duration is kept, also if nothing else is sent", async () => {
  began -= 70_000
  const picture = Array.from({ length: 15 }, (_, round) => shifted(videoOf(framesOf(talk)), round * 4200)).flat()
  const sound = [
    ...audioOf(talk).filter(({ timestamp }) => timestamp < 2000),
    ...shifted(audioOf(framesOf(talk)), 60_000),
  ]
  const order = [
    ...audioOf(talk).slice(0, 1),
    ...[...picture, ...framesOf(sound)].sort((a, b) => a.timestamp - b.timestamp),
  ]
  stage.play(subject({ request: { ...everything, video: false } }), order, began)
  const { notes } = await stage.finish()
  expect(notes).toEqual([])
  const { audio, duration } = await readMedia(aac())
  expect(Math.abs(duration - 60 - TALK)).toBeLessThan(2 * FRAME)
  const loud = (audio?.times ?? []).filter((_, at) => (audio?.sizes[at] ?? 0) > 20)
  expect(loud.find((time) => time > 3)).toBeCloseTo(60.112, 1)
})

test('a header with one damaged digit is not used', async () => {
  const [path = ''] = await stage.abandon([UID], began)
  stage = new Stage({ directory: stage.directory })
  const bytes = readFileSync(path)
  const at = bytes.indexOf('"wall":1') + '"wall":'.length
  bytes[at] = '9'.charCodeAt(0)
  writeFileSync(path, bytes)
  const { files, notes } = await stage.finish()
  expect(files).toEqual([])
  expect(notes[0]?.message).toContain('does not identify its participant')
})

/** Start of the last frame that is not silence, s, by counting ADTS frames. */
function lastSound(): number {
  const bytes = readFileSync(aac())
  const payloads = new Set(framesOf(audioOf(talk)).map(({ payload }) => payload.toString('hex', 2)))
  let [count, last] = [0, NaN]
  for (let at = 0; at < bytes.length; count++) {
    const size = (bytes.readUIntBE(at + 3, 3) >> 5) & 0x1fff
    if (payloads.has(bytes.toString('hex', at + 7, at + size))) last = count
    at += size
  }
  return (last * 1024) / 48_000
}

describe('arrival times have 24 bits, 4.7 hours', () => {
  const HOUR = 3_600_000
  const audioOnly = subject({ request: { ...everything, video: false } })

  test.each([2.5, 5])('audio that pauses for %d hours while unrecorded video comes', async (hours) => {
    const publication = stage.publish(audioOnly, began)
    stage.send(publication, audioOf(talk))
    const [picture] = framesOf(videoOf(talk))
    for (let time = HOUR / 6; time < hours * HOUR; time += HOUR / 6) {
      stage.now = time
      stage.send(publication, picture ? shifted([picture], time) : [])
    }
    stage.now = hours * HOUR
    stage.send(publication, shifted(audioOf(talk), hours * HOUR))
    stage.unpublish(publication)
    const { notes } = await stage.finish()
    expect(notes).toEqual([])
    expect(Math.abs(lastSound() - hours * 3600 - TALK)).toBeLessThan(0.2)
  })

  test('a file that begins after three hours, when the disk has space again', async () => {
    await stage.dispose()
    let isLow = false
    const disk = {
      get isLow() {
        return isLow
      },
    }
    stage = new Stage({ disk })
    const publication = stage.publish(audioOnly, began)
    stage.send(publication, audioOf(talk))
    isLow = true
    stage.send(publication, shifted(audioOf(talk), TALK * 1000))
    isLow = false
    stage.now = 3 * HOUR
    stage.send(publication, shifted(audioOf(talk), 3 * HOUR))
    stage.unpublish(publication)
    await stage.finish()
    expect(Math.abs(lastSound() - 3 * 3600 - TALK)).toBeLessThan(0.2)
  })
})
