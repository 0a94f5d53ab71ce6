/** The result of failures: of the disk, the file, the process. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { PATIENCE } from '../../../server/recording/recording'
import { spoolTag } from '../../../server/recording/spool/format'
import { advance, controlClock, useRealTime } from '../../support/clock'
import { boxesOf, readMedia } from './read-media'
import { until } from '../../support/until'
import { CID, everything, Stage, START, subject, UID } from './support'
import { audioOf, framesOf, makeTag, placeIn, shifted, tagsOf, videoOf } from './tags'

const talk = tagsOf('talk')
const TALK = 4.13
const FRAME = 0.07

let stage: Stage
beforeEach(() => (stage = new Stage()))
afterEach(async () => {
  useRealTime()
  await stage.dispose()
})

const aac = (uid = UID) => stage.path(`0-${CID}-${START}-${uid}.aac`)
const mp4 = (uid = UID) => stage.path(`0-${CID}-${START}-${uid}.mp4`)

/** A crashed service; returns its spool files, and a stage with a new recording. */
async function abandon(uids = [UID]): Promise<string[]> {
  const paths = await stage.abandon(uids)
  stage = new Stage({ directory: stage.directory })
  return paths
}

describe('a crashed service', () => {
  test('leaves calls that are found and finished from the spool alone', async () => {
    mkdirSync(join(stage.directory, 'not-a-call'))
    await abandon()
    expect(await stage.recording.leftovers()).toEqual([CID])
    const { files, notes } = await stage.finish()
    expect(files.map(({ filename, account, caller }) => [filename, account, caller])).toEqual([
      [`0-${CID}-${START}-${UID}.aac`, `user-${UID}`, true],
      [`0-${CID}-${START}-${UID}.mp4`, `user-${UID}`, true],
    ])
    expect(notes).toEqual([])
    await stage.recording.close()
    expect(await stage.recording.leftovers()).toEqual([])
    expect(stage.listing()).toEqual(files.map(({ filename }) => filename))
  })

  test('leaves only a .part while making files, and the next start completes them', async () => {
    await abandon()
    writeFileSync(`${mp4()}.part`, 'half a film')
    const { files } = await stage.finish()
    expect(files).toHaveLength(2)
    await stage.recording.close()
    expect(stage.listing()).toEqual(files.map(({ filename }) => filename))
    expect((await readMedia(mp4())).video?.times).toHaveLength(framesOf(videoOf(talk)).length)
  })

  test('while deleting a spool does not cause it to be remuxed again', async () => {
    const [path = ''] = await abandon()
    const { files } = await stage.recording.finish(CID)
    renameSync(dirname(path), `${dirname(path)}.spent`)
    stage = new Stage({ directory: stage.directory })
    expect(await stage.recording.leftovers()).toEqual([])
    expect(stage.listing()).toEqual(files.map(({ filename }) => filename))
  })

  test("has a participant's data on disk a fifth of a second later, enough for its files", async () => {
    controlClock()
    const who = stage.publish(subject())
    const spool = (): string => stage.path(stage.listing().find((name) => name.endsWith('.flv')) ?? 'none yet')
    const cut = talk.findIndex(({ timestamp }) => timestamp >= 2500)
    stage.send(who, talk.slice(0, cut))
    await advance(200)
    const isThere = (): boolean =>
      placeIn(readFileSync(spool()), talk[cut - 1] ?? makeTag(8, 0, Buffer.alloc(2))) !== -1
    await until(() => existsSync(spool()) && isThere(), 'the last tag on the disk')
    stage.send(who, talk.slice(cut))
    // The disk's state after a kill at this moment.
    const left = mkdtempSync(join(tmpdir(), 'recording-'))
    cpSync(stage.directory, left, { recursive: true })
    await stage.dispose()
    stage = new Stage({ directory: left })
    expect(await stage.recording.leftovers()).toEqual([CID])
    const { files, notes } = await stage.finish()
    expect(files.map(({ kind }) => kind)).toEqual(['aac', 'mp4'])
    for (const { duration } of files) {
      expect(duration).toBeGreaterThan(2500 - FRAME * 1000)
      // Pictures are shown up to a third of a second after their timestamp.
      expect(duration).toBeLessThan(2500 + 333)
    }
    expect(notes).toEqual([
      {
        code: 'unfinished',
        uid: UID,
        message: expect.stringMatching(/^The recording of alice is incomplete\. It was interrupted/),
      },
    ])
    expect(boxesOf(stage.path(files[1]?.filename ?? ''))).toContain('moov')
  })
})

describe('a damaged spool', () => {
  test.each([0.95, 0.5, 0.2])('truncated after %s gives everything before that', async (share) => {
    const [path = ''] = await abandon()
    const whole = readFileSync(path)
    writeFileSync(path, whole.subarray(0, Math.floor(whole.length * share)))
    const { files, notes } = await stage.finish()
    expect(files.map(({ kind }) => kind)).toEqual(['aac', 'mp4'])
    expect(files[0]?.duration).toBeGreaterThan(share * TALK * 1000 - 700)
    expect(files[0]?.duration).toBeLessThan(share * TALK * 1000 + 700)
    expect(notes[0]?.message).toContain('It was interrupted')
  })

  test('with a hole continues after it, video from a key frame', async () => {
    const [path = ''] = await abandon()
    const bytes = readFileSync(path)
    const from = Math.floor(bytes.length * 0.4)
    bytes.fill(0x5a, from, from + 900)
    writeFileSync(path, bytes)
    const { files, notes } = await stage.finish()
    for (const { duration } of files) expect(Math.abs(duration / 1000 - TALK)).toBeLessThan(FRAME)
    expect(notes).toEqual([{ code: 'unfinished', uid: UID, message: expect.stringContaining('damaged bytes') }])
    const { video } = await readMedia(mp4())
    const gap = video?.times.findIndex((time, at) => time - (video.times[at - 1] ?? time) > 0.3) ?? -1
    expect(gap).toBeGreaterThan(0)
    expect(video?.keys[gap]).toBe(true)
  })

  test('with a single wrong timestamp neither fills the disk nor moves later frames', async () => {
    const [path = ''] = await abandon()
    const bytes = readFileSync(path)
    const loud = audioOf(framesOf(talk))[60]
    const at = loud ? bytes.indexOf(loud.flv()) : -1
    bytes[at + 7] = 0x20
    writeFileSync(path, bytes)
    const { files } = await stage.finish()
    for (const { duration } of files) expect(Math.abs(duration / 1000 - TALK)).toBeLessThan(FRAME)
  })

  test('without identity is set aside, and the others are complete', async () => {
    const [path = ''] = await abandon([1, 2])
    const bytes = readFileSync(path)
    bytes.fill(0, 0, 300)
    writeFileSync(path, bytes)
    const { files, notes } = await stage.finish()
    expect(files.map(({ filename }) => filename)).toEqual([`0-${CID}-${START}-2.aac`, `0-${CID}-${START}-2.mp4`])
    expect(notes).toEqual([
      { code: 'unfinished', uid: 1, message: expect.stringContaining('does not identify its participant') },
    ])
    await stage.recording.close()
    expect(await stage.recording.leftovers()).toEqual([])
    expect(stage.listing().filter((name) => name.endsWith('.flv'))).toEqual([`unfinished/1/${START}-1.flv`])
  })

  test('that is empty, of a service killed before the first write, gives nothing', async () => {
    const [path = ''] = await abandon()
    writeFileSync(path, '')
    rmSync(join(dirname(path), 'facts'))
    expect(await stage.finish()).toEqual({ files: [], notes: [], frames: [] })
    await stage.recording.close()
    expect(stage.listing()).toEqual([])
  })
})

describe('a stream that cannot be recorded', () => {
  test('of an unsupported video codec gives a note, and complete audio', async () => {
    const hevc = videoOf(talk).map(({ timestamp, payload }) => {
      const foreign = Buffer.from(payload)
      foreign[0] = (payload.readUInt8(0) & 0xf0) | 12
      return makeTag(9, timestamp, foreign)
    })
    stage.play(subject(), [...audioOf(talk), ...hevc])
    const { files, notes } = await stage.finish()
    expect(files.map(({ kind }) => kind)).toEqual(['aac'])
    expect(notes).toEqual([{ code: 'unfinished', uid: UID, message: expect.stringContaining('Only H.264 video') }])
  })

  test('with a broken codec configuration gives a note, and the other participant is complete', async () => {
    const broken = talk.map((tag) => (tag.kind === 'video-config' ? makeTag(9, 0, tag.payload.subarray(0, 9)) : tag))
    stage.play(subject({ uid: 1 }), broken)
    stage.play(subject({ uid: 2 }), talk)
    const { files, notes } = await stage.finish()
    expect(files.map(({ uid, kind }) => [uid, kind])).toEqual([
      [1, 'aac'],
      [2, 'aac'],
      [2, 'mp4'],
    ])
    expect(notes).toEqual([{ code: 'unfinished', uid: 1, message: expect.stringContaining('H.264 configuration') }])
  })
})

describe('during and after the call', () => {
  test('a call is being recorded while a requested stream is sent', async () => {
    expect(stage.recording.isRecording(CID)).toBe(false)
    const who = stage.publish(subject())
    const other = stage.publish(subject({ uid: 2, request: { ...everything, audio: false, video: false } }))
    stage.send(other, talk)
    expect(stage.recording.isRecording(CID)).toBe(false)
    stage.send(who, talk)
    expect(stage.recording.isRecording(CID)).toBe(true)
    stage.unpublish(who)
    expect(stage.recording.isRecording(CID)).toBe(false)
  })

  test('finish waits for streams that are about to end', async () => {
    const who = stage.publish(subject())
    stage.send(who, talk)
    const finished = stage.finish()
    stage.send(who, shifted(framesOf(talk), 4200))
    stage.unpublish(who)
    expect((await finished).files[0]?.duration).toBeGreaterThan(8000)
  })

  test('finish ends the recording of a stream that does not end', async () => {
    controlClock()
    const who = stage.publish(subject())
    stage.send(who, talk)
    const finished = stage.finish()
    await advance(PATIENCE - 1)
    expect(stage.recording.isRecording(CID)).toBe(true)
    await advance(1)
    expect((await finished).files).toHaveLength(2)
    // Enough to be written at once.
    for (let round = 1; round < 6; round++) stage.send(who, shifted(talk, round * 4200))
    stage.unpublish(who)
    await stage.recording.close()
    expect(stage.listing().filter((name) => name.includes('spool'))).toEqual([])
  })

  test('finish twice at once runs once', async () => {
    stage.play(subject(), talk)
    const [first, second] = await Promise.all([stage.recording.finish(CID), stage.recording.finish(CID)])
    expect(second).toBe(first)
  })

  test('the spool is kept until release, and can be remuxed to the same files', async () => {
    stage.play(subject(), talk)
    const first = await stage.recording.finish(CID)
    expect(stage.listing().some((name) => name.endsWith('.flv'))).toBe(true)
    expect(await stage.recording.leftovers()).toEqual([CID])
    expect(await stage.recording.finish(CID)).toEqual(first)
    await stage.recording.release(CID)
    expect(stage.listing()).toEqual(first.files.map(({ filename }) => filename))
    expect(await stage.recording.leftovers()).toEqual([])
  })

  test('the timeline has start, files and notes', async () => {
    await stage.dispose()
    stage = new Stage({ ffmpegPath: join(stage.directory, 'no-ffmpeg') })
    stage.play(subject({ request: { ...everything, type: '0' } }), talk)
    const { files } = await stage.finish()
    const entries = stage.timeline
      .recent()
      .map(({ part, name, cid, account, data }) => ({ part, name, cid, account, data }))
    const about = { part: 'recording', cid: CID, account: 'alice' }
    expect(entries).toEqual([
      { ...about, name: 'start', data: { uid: UID, files: ['aac', 'mp4'], mix: true } },
      ...files.map(({ uid, filename, size, duration }) => ({
        ...about,
        name: 'file',
        data: { uid, filename, size, duration },
      })),
      { ...about, account: null, name: 'note', data: { code: 'mix-unavailable', message: expect.any(String) } },
    ])
  })

  test('another kind of tag in the spool is ignored', async () => {
    const [path = ''] = await abandon()
    writeFileSync(path, Buffer.concat([readFileSync(path), spoolTag(18, 0, Buffer.from('onMetaData'))]))
    expect((await stage.finish()).files).toHaveLength(2)
    expect(existsSync(aac())).toBe(true)
  })
})
