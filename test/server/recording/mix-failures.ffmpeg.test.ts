/** A stuck or broken ffmpeg, and full disks while it runs: everything possible is still made. */
import { existsSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { PATIENCE } from '../../../server/recording/compose/ffmpeg'
import { advance, controlClock, useRealTime } from '../../support/clock'
import { describeWithFfmpeg } from '../../support/ffmpeg'
import { until } from '../../support/until'
import type { FinishedRecording } from '../../../server/recording/types'
import { CID, everything, Stage, START, subject } from './support'
import { isAlive, REAL, FakeFfmpeg } from './fake-ffmpeg'
import { audioOf, tagsOf } from './tags'

const talk = tagsOf('talk').filter(({ timestamp }) => timestamp < 1_000)
const FULL = '/dev/full'
const SINGLES = ['1 aac', '1 mp4', '2 aac', '2 mp4']
const SOUND_ALONE = ['1 aac', '2 aac']
let stage: Stage
let ffmpeg: FakeFfmpeg
afterEach(async () => {
  useRealTime()
  await stage.dispose()
})

/** Two members that request everything, with a fake ffmpeg. */
function open(script: string, tags = talk): void {
  stage = new Stage()
  ffmpeg = new FakeFfmpeg(stage.directory, script)
  stage = new Stage({ directory: stage.directory, ffmpegPath: ffmpeg.path })
  for (const uid of [1, 2]) stage.play(subject({ uid, request: { ...everything, type: '0' } }), tags)
}
/** The same folder, as found by the next service. */
async function restart(script = REAL): Promise<void> {
  await stage.recording.close()
  ffmpeg = new FakeFfmpeg(stage.directory, script)
  stage = new Stage({ directory: stage.directory, ffmpegPath: ffmpeg.path })
  expect(await stage.recording.leftovers()).toEqual([CID])
}
const kinds = ({ files }: { files: readonly { uid: number; kind: string }[] }) =>
  files.map(({ uid, kind }) => `${uid} ${kind}`)
const failed = (message: unknown) => [{ code: 'mix-failed', message }]
const named = (text: string): string[] => stage.listing().filter((name) => name.includes(text))

/** In a fake's script: signals progress to `saysMore`. */
const NOTE = 'mkdir -p "$(dirname "$0")/said/$(date +%N)"'
/** Waits until a fake that keeps reporting progress was heard. */
async function saysMore(): Promise<void> {
  const path = join(stage.directory, 'said')
  const size = (): number => readdirSync(path).length
  if (!existsSync(path)) return
  const before = size()
  await until(() => size() > before + 2, 'its next words')
}

/** Advances the clock past the timeout of an ffmpeg without progress, for each run: two attempts, and whether it works at all. */
async function finishStuck(): Promise<FinishedRecording> {
  controlClock()
  const finished = stage.finish()
  for (const run of [1, 2, 3]) {
    await until(() => ffmpeg.pids.length === run, 'ffmpeg to start')
    await advance(PATIENCE - 1)
    await saysMore()
    expect(ffmpeg.pids.filter(isAlive)).toHaveLength(1)
    await advance(1)
  }
  await finished
  useRealTime()
  return await finished
}

describeWithFfmpeg('an ffmpeg that hangs', () => {
  test.each([
    ['silently', 'exec sleep 600'],
    ['with a child that holds its output', 'sleep 30'],
    ['while it says that it works', `while :; do echo out_time_ms=0 >&2; ${NOTE}; sleep 0.05; done`],
    ['while it complains', `while :; do echo "something is wrong" >&2; ${NOTE}; sleep 0.05; done`],
  ])('%s is killed each time; the record has a note, and the other files are made', async (_, script) => {
    open(script)
    const finished = await finishStuck()
    expect(kinds(finished)).toEqual(SINGLES)
    expect(finished.notes).toEqual(failed(expect.stringMatching(/ffmpeg was stuck\. It is tried again when/)))
    expect(ffmpeg.pids).toHaveLength(3)
    await until(() => !ffmpeg.pids.some(isAlive), 'the end of ffmpeg')
  })

  test('succeeds in the end: the mix is made after the next start', async () => {
    open('exec sleep 600')
    await finishStuck()
    await restart()
    const again = await stage.finish()
    expect(kinds(again)).toEqual([...SINGLES, '0 mp4'])
    expect(again.notes).toEqual([])
  })
})

const lacking = (track: string) => [
  {
    code: 'unfinished',
    uid: 1,
    message: `The mixed file lacks some or all ${track} of alice, which cannot be decoded.`,
  },
]

describeWithFfmpeg('a member file at which ffmpeg', () => {
  const FILE = `0-${CID}-${START}-1`

  test.each([
    ['crashes, of video', `case "$*" in *${FILE}.mp4*) kill -SEGV $$;; esac\n${REAL}`, 'picture'],
    ['crashes, of audio', `case "$*" in *${FILE}.aac*) kill -SEGV $$;; esac\n${REAL}`, 'sound'],
  ])('%s: the mix is made without it, and a note names the member', async (_, script, track) => {
    open(script)
    const finished = await stage.finish()
    expect(kinds(finished)).toEqual([...SINGLES, '0 mp4'])
    expect(finished.notes).toEqual(lacking(track))
  })

  test('hangs: the mix is made without it, and a note names the member', async () => {
    open(`case "$*" in *${FILE}.mp4*) mkdir -p "$(dirname "$0")/hung/$$"; exec sleep 600;; esac\n${REAL}`)
    controlClock()
    let done = false
    const finished = stage.finish().finally(() => (done = true))
    const path = join(stage.directory, 'hung')
    let known = 0
    await until(async () => {
      const hung = existsSync(path) ? readdirSync(path).length : 0
      // The others work in real time, which must not look like a standstill.
      await advance(hung > known ? PATIENCE : 100)
      known = hung
      return done
    }, 'the mix')
    useRealTime()
    expect(kinds(await finished)).toEqual([...SINGLES, '0 mp4'])
    expect((await finished).notes).toEqual(lacking('picture'))
  })
})

describeWithFfmpeg('an ffmpeg that writes nonsense', () => {
  test.each([
    ['of a video call', talk, [...SINGLES, '0 mp4'], SINGLES],
    ['of an audio call', audioOf(talk), [...SOUND_ALONE, '0 aac'], SOUND_ALONE],
  ])('with exit code 0: its output is not used %s, then or later', async (_, tags, all, singles) => {
    open('echo nonsense', tags)
    const finished = await stage.finish()
    expect(kinds(finished)).toEqual(singles)
    expect(finished.notes).toEqual(failed(expect.stringContaining('tried again when the service starts')))
    expect(named('0-mix')).toEqual([])
    await restart()
    const again = await stage.finish()
    expect(kinds(again)).toEqual(all)
    expect(again.notes).toEqual([])
  })

  test('with endless output is stopped before it fills the disk', async () => {
    open('exec cat /dev/zero')
    const finished = await stage.finish()
    expect(kinds(finished)).toEqual(SINGLES)
    expect(finished.notes).toEqual(failed(expect.stringContaining('wrote too much output')))
    await until(() => !ffmpeg.pids.some(isAlive), 'the end of ffmpeg')
  })
})

/** Files that find no room. */
function block(path: string): void {
  rmSync(path, { force: true })
  symlinkSync(FULL, path)
}

const describeWhenFull = existsSync(FULL) ? describeWithFfmpeg : describe.skip
describeWhenFull('a disk that is full', () => {
  test.each<[string, () => string]>([
    ['while ffmpeg writes', () => stage.path(named('.part')[0] ?? '')],
    ['while the parts are joined', () => stage.path(`0-${CID}-${START}-0-mix.mp4.part`)],
  ])('%s: the record has a note; it is retried at each start until there is room', async (_, partOf) => {
    open('exit 3')
    await stage.finish()
    const part = partOf()
    for (let start = 0; start < 4; start++) {
      await restart()
      block(part)
      const full = await stage.finish()
      expect(kinds(full)).toEqual(SINGLES)
      expect(full.notes).toEqual(failed(expect.stringMatching(/disk is full.* tried again when the service starts/)))
    }
    rmSync(part, { force: true })
    await restart()
    const again = await stage.finish()
    expect(kinds(again)).toEqual([...SINGLES, '0 mp4'])
    expect(again.notes).toEqual([])
    expect(readdirSync(stage.path('')).filter((name) => !name.startsWith('0-'))).toEqual([])
  })
})
