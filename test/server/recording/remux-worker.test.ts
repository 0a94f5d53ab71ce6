/** The remux worker: its results, and the limited effect of its death. */
import { existsSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { pino } from 'pino'
import { RemuxWorker, TIME_LIMIT } from '../../../server/recording/remux/remux-worker'
import { advance, controlClock, useRealTime } from '../../support/clock'
import { until } from '../../support/until'
import { CID, Stage, subject } from './support'
import { tagsOf } from './tags'

const talk = tagsOf('talk')
let remuxWorker: RemuxWorker
let stage: Stage
/** Two recorded participants; `thread` makes their files: the real one by default. */
async function open(thread?: string): Promise<void> {
  const options = thread === undefined ? {} : { thread: pathToFileURL(join(__dirname, thread)) }
  remuxWorker = new RemuxWorker(pino({ level: 'silent' }), options)
  stage = new Stage({ remuxWorker })
  for (const uid of [1, 2]) stage.play(subject({ uid, account: `user-${uid}` }), talk)
  await stage.recording.close()
}
afterEach(async () => {
  useRealTime()
  await stage.dispose()
  await remuxWorker.close()
})
/** Makes the worker die over participant 1 that many times. */
const doom = (deaths: number, way: string): void =>
  writeFileSync(stage.path('spool/1/deaths'), JSON.stringify([deaths, way]))
const deathsLeft = (): number => JSON.parse(readFileSync(stage.path('spool/1/deaths'), 'utf8'))[0]
const uids = ({ files }: { files: { uid: number }[] }) => files.map(({ uid }) => uid)

test('the worker makes the same files as its code in this process', async () => {
  await open()
  const made = await stage.recording.finish(CID)
  expect(made.files.map(({ uid, kind }) => `${uid} ${kind}`)).toEqual(['1 aac', '1 mp4', '2 aac', '2 mp4'])
  expect(made.notes).toEqual([])
  stage = new Stage({ directory: stage.directory })
  expect(await stage.recording.finish(CID)).toEqual(made)
})

test.each(['exit', 'throw'])('a worker that dies once by %s is replaced, and nothing is missing', async (way) => {
  await open('dying-thread.mjs')
  doom(1, way)
  const finished = await stage.finish()
  expect(uids(finished)).toEqual([1, 2])
  expect(finished.notes).toEqual([])
})

test('a stuck worker is killed after its time limit and replaced', async () => {
  await open('dying-thread.mjs')
  doom(1, 'hang')
  controlClock()
  const finished = stage.finish()
  await until(() => deathsLeft() === 0, 'the worker to hang')
  await advance(TIME_LIMIT)
  expect(uids(await finished)).toEqual([1, 2])
  expect((await finished).notes).toEqual([])
})

test.each([
  ['exit', 'exit code 7'],
  ['throw', 'a bug'],
])('a worker that dies twice by %s affects that participant only, until the next start', async (way, reason) => {
  await open('dying-thread.mjs')
  doom(2, way)
  const finished = await stage.finish()
  expect(uids(finished)).toEqual([2])
  const message = expect.stringMatching(new RegExp(`user-1 .*died \\(${reason}\\).* tried again at the next start`))
  expect(finished.notes).toEqual([{ code: 'unfinished', uid: 1, message }])

  expect(await stage.recording.leftovers()).toEqual([CID])
  expect(uids(await stage.finish())).toEqual([1])
  expect(await stage.recording.leftovers()).toEqual([])
})

test('a spool that exceeds the time limit twice is set aside', async () => {
  await open('dying-thread.mjs')
  doom(2, 'hang')
  controlClock()
  const finished = stage.finish()
  for (const left of [1, 0]) {
    await until(() => deathsLeft() === left, 'the worker to hang')
    await advance(TIME_LIMIT)
  }
  expect(uids(await finished)).toEqual([2])
  const message = expect.stringMatching(/user-1 .*died \(it took too long\).*kept in the folder "unfinished"/)
  expect((await finished).notes).toEqual([{ code: 'unfinished', uid: 1, message }])
  expect(await stage.recording.leftovers()).toEqual([])
  expect(stage.listing().some((name) => name.startsWith('unfinished/1/'))).toBe(true)
})

test('a short call has its files while a long one is being processed', async () => {
  await open('dying-thread.mjs')
  const other = CID + 1
  stage = new Stage({ remuxWorker, directory: stage.directory })
  stage.play(subject({ cid: other }), talk)
  await until(() => existsSync(stage.path('spool', other)), 'the other call')
  truncateSync(stage.path(readdirSync(stage.path('spool/1')).map((name) => `spool/1/${name}`)[0] ?? ''), 20 << 20)
  doom(1, 'hang')
  controlClock()
  const long = stage.finish()
  await until(() => deathsLeft() === 0, 'the worker to hang')
  expect(uids(await stage.finish(other))).toHaveLength(1)
  await advance(TIME_LIMIT)
  expect(uids(await long)).toEqual([1, 2])
})

test('a worker that cannot start leaves everything to the next start', async () => {
  await open('no-such-thread.mjs')
  const { files, notes } = await stage.finish()
  expect(files).toEqual([])
  expect(notes.map(({ uid }) => uid)).toEqual([1, 2])
  expect(await stage.recording.leftovers()).toEqual([CID])
})

test('the worker starts during the recording, before it is needed', async () => {
  await open('no-such-thread.mjs')
  stage = new Stage({ remuxWorker, directory: stage.directory })
  const warm = jest.spyOn(remuxWorker, 'warm')
  stage.publish(subject({ request: { ...subject().request, audio: false, video: false } }))
  expect(warm).not.toHaveBeenCalled()
  stage.publish(subject())
  expect(warm).toHaveBeenCalled()
})
