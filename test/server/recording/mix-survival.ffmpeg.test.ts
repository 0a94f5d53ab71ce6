/** Failures of a mix: no ffmpeg, one that fails or is killed, a service that stops or crashes meanwhile. */
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { MediaTag } from '../../../server/media/types'
import { MixEnded } from '../../../server/recording/compose/composer'
import type { RecordingRequest } from '../../../server/recording/types'
import { describeWithFfmpeg, FFMPEG } from '../../support/ffmpeg'
import { until } from '../../support/until'
import { beaconTags, Listen, Look } from './beacon'
import { CID, everything, Stage, START, subject } from './support'
import { makeTag, tagsOf } from './tags'

/** The first seconds of the fixture: one of red, one of green. */
const first = (seconds: number) => tagsOf('talk').filter(({ timestamp }) => timestamp < seconds * 1000)
const talk = first(1)
const MIX = `0-${CID}-${START}-0-mix.mp4`
let stage: Stage
afterEach(async () => await stage.dispose())

/** alice requests what is given, bob participant files and mix. */
function talked(type: RecordingRequest['type']): void {
  stage.play(subject({ uid: 1, request: { ...everything, type } }), talk)
  stage.play(
    subject({ uid: 2, account: 'bob', caller: false, request: { ...everything, type: '0' } }),
    talk,
    START + 500,
  )
}
/** The same folder, as found by the next service. */
async function restarted(ffmpegPath: string | null = null): Promise<void> {
  await stage.recording.close()
  stage = new Stage({ directory: stage.directory, ffmpegPath })
}
const names = ({ files }: { files: readonly { uid: number; kind: string }[] }) =>
  files.map(({ uid, kind }) => `${uid} ${kind}`)
const codes = ({ notes }: { notes: readonly { code: string }[] }) => notes.map(({ code }) => code)

/** A fake ffmpeg: reports the real one's encoders, and runs `instead` for work. Confined, it can only record a run as a folder. */
function fakeFfmpeg(instead: string): string {
  const path = join(stage.directory, 'fake-ffmpeg')
  mkdirSync(join(stage.directory, 'runs'), { recursive: true })
  writeFileSync(
    path,
    `#!/bin/sh\ncase "$*" in *-encoders*) exec "${FFMPEG}" "$@";; esac\nmktemp -d "${stage.directory}/runs/XXXXXX" >/dev/null\n${instead}\n`,
  )
  chmodSync(path, 0o755)
  return path
}
const runs = (): number => {
  const path = join(stage.directory, 'runs')
  return existsSync(path) ? readdirSync(path).length : 0
}
const real = `exec "${FFMPEG}" "$@"`
/** A stage with a fake ffmpeg. */
function openWith(instead: string): void {
  stage = new Stage()
  const path = fakeFfmpeg(instead)
  const { directory } = stage
  stage = new Stage({ directory, ffmpegPath: path })
}
const nowhere = join(__dirname, 'no-such-ffmpeg')

describeWithFfmpeg('no ffmpeg', () => {
  test('participant files are complete, and a note says what is missing and what to do', async () => {
    stage = new Stage({ ffmpegPath: nowhere })
    talked('0')
    const finished = await stage.finish()
    expect(names(finished)).toEqual(['1 aac', '1 mp4', '2 aac', '2 mp4'])
    expect(finished.notes).toEqual([{ code: 'mix-unavailable', message: expect.stringContaining('hold everything') }])
    // Nothing is kept that the files contain.
    expect(stage.listing().every((name) => name.startsWith('0-'))).toBe(true)
    expect(await stage.recording.leftovers()).toEqual([])
  })

  test('a mix-only recording is kept, and made once there is one', async () => {
    stage = new Stage({ ffmpegPath: nowhere })
    talked('1')
    const finished = await stage.finish()
    expect(names(finished)).toEqual(['2 aac', '2 mp4'])
    expect(finished.notes).toEqual([{ code: 'mix-unavailable', message: expect.stringContaining('FFMPEG_PATH') }])
    await restarted(nowhere)
    expect(await stage.recording.leftovers()).toEqual([])
    await restarted()
    expect(await stage.recording.leftovers()).toEqual([CID])
    const again = await stage.finish()
    expect(names(again)).toEqual(['2 aac', '2 mp4', '0 mp4'])
    expect(again.notes).toEqual([])
    expect(stage.listing()).toHaveLength(3)
  })
})

describeWithFfmpeg('an ffmpeg that fails', () => {
  test('always: the other files are complete, it is retried at two starts, and nothing is lost', async () => {
    openWith('echo "no such filter" >&2; exit 3')
    talked('1')
    const path = join(stage.directory, 'fake-ffmpeg')
    for (const start of [1, 2, 3]) {
      const finished = await stage.finish()
      expect(names(finished)).toEqual(['2 aac', '2 mp4'])
      const advice = start < 3 ? 'tried again when the service starts' : 'kept in the folder "unfinished"'
      expect(finished.notes).toEqual([{ code: 'mix-failed', message: expect.stringContaining(advice) }])
      expect(finished.notes[0]?.message).toContain('ffmpeg ended with code 3')
      // Two attempts; in each the audio, the audio of each member, and whether ffmpeg works at all.
      expect(runs()).toBe(start * 2 * 4)
      await restarted(path)
      expect(await stage.recording.leftovers()).toEqual(start < 3 ? [CID] : [])
    }
    expect(stage.listing().filter((name) => name.endsWith('.flv'))).toEqual([`unfinished/1/${START}-1.flv`])
    expect(stage.listing().some((name) => name.includes('spool') || name.includes('mixing'))).toBe(false)
  })

  test('once: the mix is retried at once', async () => {
    openWith(`[ "$(ls "$(dirname "$0")/runs" | wc -l)" -eq 2 ] && kill -9 $$\n${real}`)
    talked('0')
    const finished = await stage.finish()
    expect(names(finished)).toEqual(['1 aac', '1 mp4', '2 aac', '2 mp4', '0 mp4'])
    expect(finished.notes).toEqual([])
    // Three scenes and the audio, one of them twice.
    expect(runs()).toBe(5)
  })

  test('by too little output with exit code 0 is a failure, too', async () => {
    openWith(
      `case "$*" in *libx264*) exec "${FFMPEG}" $(echo "$*" | sed 's/-frames:v [0-9]*/-frames:v 2/');; esac\n${real}`,
    )
    talked('2')
    stage.play(subject({ uid: 3, account: 'carol', request: { ...everything, type: '1' } }), talk)
    const finished = await stage.finish()
    expect(codes(finished)).toEqual(['mix-failed'])
    expect(existsSync(stage.path(MIX))).toBe(false)
  })
})

describeWithFfmpeg('a service that stops', () => {
  test('kills ffmpeg; the next start continues with the parts made, without harm to participant files', async () => {
    // The audio is made; the first scene is stuck.
    openWith(`case "$*" in *libx264*) mkdir -p "$(dirname "$0")/pid/$$"; exec sleep 600;; esac\n${real}`)
    talked('0')
    const { files } = await stage.recording.finish(CID)
    const mix = stage.recording.mix(CID)
    const refused = expect(mix).rejects.toThrow(MixEnded)
    let pid = 0
    await until(() => {
      const path = join(stage.directory, 'pid')
      pid = existsSync(path) ? Number(readdirSync(path)[0] ?? 0) : 0
      return pid > 0
    }, 'the first picture')
    expect(stage.recording.progress(CID)).toBeGreaterThan(0)
    expect(stage.recording.progress(CID)).toBeLessThan(0.5)
    await stage.recording.close()
    await refused
    expect(stage.recording.progress(CID)).toBeNull()
    await until(() => !isAlive(pid), 'the end of ffmpeg')
    expect(existsSync(stage.path(MIX))).toBe(false)
    expect(stage.listing().filter((name) => name.startsWith('mixing/sound-') && name.endsWith('.aac'))).toHaveLength(1)
    expect(stage.listing().some((name) => name.endsWith('.part'))).toBe(true)

    rmSync(join(stage.directory, 'runs'), { recursive: true })
    await restarted(fakeFfmpeg(real))
    expect(await stage.recording.leftovers()).toEqual([CID])
    const again = await stage.finish()
    expect(again.notes).toEqual([])
    expect(again.files.slice(0, 4)).toEqual(files)
    expect(again.files[4]).toMatchObject({ filename: MIX, mix: true })
    // The audio is not made again.
    expect(runs()).toBe(3)
    expect(stage.listing()).toHaveLength(5)
  })

  test('after the mix and before it was stored does not make it again', async () => {
    stage = new Stage()
    talked('0')
    await stage.recording.finish(CID)
    const first = await stage.recording.mix(CID)
    await stage.recording.close()
    stage = new Stage({ directory: stage.directory, ffmpegPath: nowhere })
    await stage.recording.finish(CID)
    expect(await stage.recording.mix(CID)).toEqual(first)
  })

  test('the same recording gives the same mix', async () => {
    stage = new Stage()
    talked('0')
    await stage.recording.finish(CID)
    const first = await stage.recording.mix(CID)
    rmSync(stage.path(MIX))
    await stage.recording.finish(CID)
    expect(await stage.recording.mix(CID)).toEqual(first)
  })
})

describeWithFfmpeg('a member that cannot be mixed', () => {
  test("with an unreadable spool does not affect the others' mix", async () => {
    stage = new Stage()
    talked('0')
    await stage.recording.close()
    const spool = stage.path('spool/1')
    for (const name of readdirSync(spool)) writeFileSync(join(spool, name), Buffer.alloc(5000, 7))
    stage = new Stage({ directory: stage.directory })
    const finished = await stage.finish()
    expect(names(finished)).toEqual(['2 aac', '2 mp4', '0 mp4'])
    expect(codes(finished)).toEqual(['unfinished'])
  })

  test.each([
    ['between its key frames', ['video'], 9, Infinity],
    ['all of it', ['video', 'video-key'], 9, Infinity],
    ['in its picture parameters', ['video-config'], -9, -4],
  ])('with an invalid video, %s, is heard, and the others are seen', async (_, kinds, from, to) => {
    stage = new Stage()
    const both = first(2)
    const garbled = both.map((tag) => {
      if (tag.type === 18 || !kinds.includes(tag.kind)) return tag
      const payload = Buffer.from(tag.payload)
      payload.subarray(from, to).fill(0x55)
      return makeTag(tag.type, tag.timestamp, payload)
    })
    stage.play(subject({ uid: 1, request: { ...everything, type: '0' } }), garbled)
    stage.play(subject({ uid: 2, account: 'bob', request: everything }), both)
    const finished = await stage.finish()
    expect(names(finished)).toEqual(['1 aac', '1 mp4', '2 aac', '2 mp4', '0 mp4'])
    expect(finished.notes).toEqual([lacks(1, 'picture of alice')])
    const half = { y: 0, width: 0.5, height: 1 }
    const look = new Look(stage.path(MIX))
    const isGreen = (x: number): boolean =>
      look
        .at(1.6, { x, ...half })
        .map((value) => value > 128)
        .join() === 'false,true,false'
    expect(isGreen(0.5)).toBe(true)
    // ffmpeg fails if no frame can be decoded; a name card replaces it then.
    if (kinds[0] !== 'video' || kinds.length > 1) expect(isGreen(0)).toBe(false)
    expect(new Listen(stage.path(MIX)).seconds).toBeGreaterThan(1.9)
  })
})

const lacks = (uid: number, what: string) => {
  return { code: 'unfinished', uid, message: expect.stringContaining(`The mixed file lacks some or all ${what}`) }
}
type Tags = readonly MediaTag[]
/** Every audio frame with corrupted contents. */
const sounds =
  (change: (payload: Buffer, at: number) => Buffer) =>
  (tags: Tags): MediaTag[] => {
    let at = 0
    return tags.map((tag) => (tag.kind === 'audio' ? makeTag(8, tag.timestamp, change(tag.payload, at++)) : tag))
  }
const noise = (payload: Buffer): Buffer => Buffer.concat([payload.subarray(0, 2), Buffer.alloc(40, 0x5a)])
/** Two channels, which the frames do not have. */
const foreign = (tags: Tags): MediaTag[] =>
  tags.map((tag) => (tag.kind === 'audio-config' ? makeTag(8, 0, Buffer.of(0xaf, 0, 0x12, 0x10)) : tag))

describeWithFfmpeg('sound that cannot be decoded', () => {
  test.each([
    ['noise for frames', sounds(noise), 1],
    ['noise for frames, of two members', sounds(noise), 2],
    ['noise for every other frame', sounds((payload, at) => (at % 2 ? noise(payload) : payload)), 1],
    ['frames of one channel, said to be two', foreign, 0],
  ])('%s: the others are heard, and its members are named', async (_, spoil, members) => {
    stage = new Stage()
    const accounts = ['alice', 'bob', 'carol']
    for (const [at, account] of accounts.entries()) {
      const tags = beaconTags({ colour: 'green', tone: 500 + 400 * at }, 2)
      const request = { ...everything, type: '0' as const }
      stage.play(subject({ uid: at + 1, account, request }), at < Math.max(1, members) ? spoil(tags) : tags)
    }
    const finished = await stage.finish()
    expect(names(finished).at(-1)).toBe('0 mp4')
    const named = accounts.slice(0, members)
    expect(finished.notes).toEqual(named.map((account, at) => lacks(at + 1, `sound of ${account}`)))
    const mixed = new Listen(stage.path(MIX))
    expect(mixed.seconds).toBeGreaterThan(1.9)
    for (const at of accounts.keys()) {
      if (at < Math.max(1, members)) continue
      const heard = mixed.beeps(500 + 400 * at)
      expect(heard.map(Math.round)).toEqual([0, 1])
      for (const [second, beep] of heard.entries()) expect(Math.abs(beep - second)).toBeLessThan(0.1)
    }
  })
})

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
