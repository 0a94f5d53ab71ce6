/** The thread that makes the files dies: the service goes on, and so does the work. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { pino } from 'pino'
import { Finisher } from '../../../server/recording/finisher'
import { CID, Stage, subject } from './support'
import { tagsOf } from './tags'

const talk = tagsOf('talk')
let finisher: Finisher
let stage: Stage
const open = (thread: string): void => {
  const url = pathToFileURL(join(__dirname, thread))
  finisher = new Finisher(pino({ level: 'silent' }), { thread: url, limit: 3000 })
  stage = new Stage({ finisher })
  for (const uid of [1, 2]) stage.play(subject({ uid, account: `user-${uid}` }), talk)
}
afterEach(async () => {
  await stage.dispose()
  await finisher.close()
})
/** Waits for the spool, and has the thread die over participant 1 so many times. */
const dooming = async (deaths: number, way: string): Promise<void> => {
  await stage.recording.close()
  writeFileSync(stage.path('spool/1/deaths'), JSON.stringify([deaths, way]))
}
const kinds = ({ files }: { files: { uid: number; kind: string }[] }) => files.map(({ uid, kind }) => `${uid} ${kind}`)

test.each(['exit', 'throw', 'hang'])('one that dies by %s once is replaced, and all is whole', async (way) => {
  open('dying-thread.mjs')
  await dooming(1, way)
  const finished = await stage.finish()
  expect(kinds(finished)).toEqual(['1 aac', '1 mp4', '2 aac', '2 mp4'])
  expect(finished.notes).toEqual([])
})

test.each(['exit', 'throw'])(
  'one that dies by %s again and again costs that participant only, until the next start',
  async (way) => {
    open('dying-thread.mjs')
    await dooming(2, way)
    const finished = await stage.finish()
    expect(kinds(finished)).toEqual(['2 aac', '2 mp4'])
    const reason = way === 'exit' ? 'exit code 7' : 'a bug'
    const message = expect.stringMatching(
      new RegExp(`user-1 .*died \\(${reason}\\).* tried again when the service starts`),
    )
    expect(finished.notes).toEqual([{ code: 'unfinished', uid: 1, message }])

    expect(await stage.recording.leftovers()).toEqual([CID])
    expect(kinds(await stage.finish())).toEqual(['1 aac', '1 mp4'])
    expect(await stage.recording.leftovers()).toEqual([])
  },
)

test('one that cannot start leaves everything for the next start', async () => {
  open('no-such-thread.mjs')
  const { files, notes } = await stage.finish()
  expect(files).toEqual([])
  expect(notes.map(({ uid }) => uid)).toEqual([1, 2])
  expect(await stage.recording.leftovers()).toEqual([CID])
})

test('it is warm before it is needed, where something is to be recorded', async () => {
  open('no-such-thread.mjs')
  const warm = jest.spyOn(finisher, 'warm')
  stage.publish(subject({ request: { ...subject().request, audio: false, video: false } }))
  expect(warm).not.toHaveBeenCalled()
  stage.publish(subject())
  expect(warm).toHaveBeenCalled()
})
