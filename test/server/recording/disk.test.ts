/** Disks that are full, slow or broken. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { DiskSpace } from '../../../server/recording/disk-space'
import { RETRY_AFTER } from '../../../server/recording/spool/publication-spool'
import { advance, controlClock, useRealTime } from '../../support/clock'
import { until } from '../../support/until'
import { CID, Stage, START, subject, UID } from './support'
import { makeTag, placeIn, shifted, tagsOf } from './tags'

const talk = tagsOf('talk')
/** Every write to it fails with a full disk. */
const FULL = '/dev/full'
const mp4 = (uid = UID) => stage.path(`0-${CID}-${START}-${uid}.mp4`)

let stage: Stage
beforeEach(() => (stage = new Stage()))
afterEach(async () => {
  useRealTime()
  jest.restoreAllMocks()
  await stage.dispose()
})

/** The class of file handles, which Node does not export. */
async function fileHandles() {
  const handle = await open('/dev/null')
  await handle.close()
  return Object.getPrototypeOf(handle)
}

const whenFull = existsSync(FULL) ? test : test.skip
describe('a failing disk', () => {
  test('that is full: the live call continues, and the recording when there is room again', async () => {
    const prototype = await fileHandles()
    controlClock()
    const who = stage.publish(subject())
    /** Sends the fixture that many times from now on. */
    const talkFrom = async (round: number): Promise<void> => {
      stage.send(who, shifted(talk, round * 4200))
      await advance(200)
    }
    const segments = (): string[] => stage.listing().filter((name) => name.endsWith('.flv'))
    const isStored = (round: number): boolean => {
      const last = shifted(talk, round * 4200).at(-1)
      return segments().some((name) => last && placeIn(readFileSync(stage.path(name)), last) !== -1)
    }
    await talkFrom(0)
    await until(() => isStored(0), 'the first round on the disk')
    const full = jest.spyOn(prototype, 'writeFile').mockImplementation(() => {
      throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })
    })
    await talkFrom(1)
    await until(() => !stage.recording.isRecording(CID), 'the failed write')
    full.mockRestore()
    const failed = stage.now
    for (const [later, recording] of [
      [RETRY_AFTER - 1, false],
      [RETRY_AFTER, true],
    ] as const) {
      stage.now = failed + later
      stage.send(who, shifted(talk.slice(-1), 4200))
      expect(stage.recording.isRecording(CID)).toBe(recording)
    }
    stage.now = 4 * 4200
    await talkFrom(4)
    await until(() => isStored(4), 'the last round on the disk')
    expect(segments()).toHaveLength(2)
    stage.unpublish(who)
    const { files, notes } = await stage.finish()
    expect(files.map(({ kind }) => kind)).toEqual(['aac', 'mp4'])
    for (const { duration } of files) expect(Math.abs(duration - 5 * 4200)).toBeLessThan(200)
    const said = notes.map(({ message }) => message).join()
    expect(said).toContain('It was interrupted')
    expect(said).toContain('Writing failed: the disk is full')
  })

  test('below DISK_FLOOR: recording stops with a note, and continues when there is space again', async () => {
    await stage.dispose()
    let free = 1_000
    const disk = new DiskSpace('/', 1_000, async () => free)
    stage = new Stage({ disk })
    const who = stage.publish(subject())
    const talkFrom = (round: number): void => stage.send(who, shifted(talk, round * 4200))
    await disk.look()
    talkFrom(0)
    free = 999
    await disk.look()
    stage.now = 4200
    talkFrom(1)
    expect(stage.recording.isRecording(CID)).toBe(false)
    free = 1_000
    await disk.look()
    stage.now = 2 * 4200
    talkFrom(2)
    expect(stage.recording.isRecording(CID)).toBe(true)
    stage.unpublish(who)
    const { files, notes, frames } = await stage.finish()
    expect(files.map(({ kind }) => kind)).toEqual(['aac', 'mp4'])
    // Duration of the files, ms: audio and video of a round do not end at the same moment.
    for (const { duration } of files) expect(Math.abs(duration - 3 * 4200)).toBeLessThan(200)
    expect(notes).toHaveLength(1)
    expect(notes[0]?.message).toMatch(
      /is incomplete\. Writing failed: too little free disk space \(DISK_FLOOR\)\. In no file: 60 of 180/,
    )
    const framesOfRound = talk.filter(({ kind }) => kind === 'audio').length
    expect(frames[0]?.audio).toMatchObject({ received: 3 * framesOfRound, written: 2 * framesOfRound })
  })

  test.each([
    ['after the files were made', true],
    ['before', false],
  ])('what was lost during the call is known after a restart %s', async (_, made) => {
    await stage.dispose()
    let isLow = true
    const disk = {
      get isLow() {
        return isLow
      },
    }
    stage = new Stage({ disk })
    const who = stage.publish(subject())
    stage.send(who, talk)
    isLow = false
    stage.send(who, shifted(talk, 4200))
    for (const repair of ['no-config', 'cut-off'] as const) stage.media.emit('repaired', who, 'video', repair)
    // Nothing of this one could be stored.
    isLow = true
    stage.play(subject({ uid: 2, account: 'bob' }), talk)
    if (!made) stage.unpublish(who)
    const first = made ? await stage.recording.finish(CID) : null
    await stage.recording.close()

    stage = new Stage({ directory: stage.directory })
    expect(await stage.recording.leftovers()).toEqual([CID])
    const { files, notes, frames } = await stage.recording.finish(CID)
    if (first) expect({ files, notes, frames }).toEqual(first)
    expect(notes.map(({ uid }) => uid)).toEqual([UID, 2])
    expect(notes[0]?.message).toMatch(
      /Writing failed: too little free disk space \(DISK_FLOOR\)\. In no file: 61 of 121 pictures \(disk, no-config\).*1 pictures arrived cut off/,
    )
    expect(notes[1]?.message).toMatch(/of bob is incomplete\. Writing failed: .* In no file: 60 of 60 pictures/)
    expect(frames[0]?.video).toMatchObject({ received: 121, written: 60, repaired: { 'no-config': 1, 'cut-off': 1 } })
    await stage.recording.mix(CID)
    await stage.recording.release(CID)
    expect(stage.listing().sort()).toEqual(files.map(({ filename }) => filename).sort())
  })

  whenFull('when it is full at the end, the record says so, and the next start makes what is missing', async () => {
    stage.play(subject({ uid: 1 }), talk)
    stage.play(subject({ uid: 2 }), talk)
    mkdirSync(stage.path(''), { recursive: true })
    symlinkSync(FULL, `${mp4(1)}.part`)
    const { files, notes } = await stage.finish()
    expect(files.map(({ uid, kind }) => [uid, kind])).toEqual([
      [1, 'aac'],
      [2, 'aac'],
      [2, 'mp4'],
    ])
    expect(notes).toEqual([
      {
        code: 'unfinished',
        uid: 1,
        message: expect.stringMatching(/mp4 could not be written: the disk is full.*again/),
      },
    ])
    expect(readdirSync(stage.path('')).filter((name) => name.endsWith('.part'))).toEqual([])
    stage = new Stage({ directory: stage.directory })
    expect(await stage.recording.leftovers()).toEqual([CID])
    const again = await stage.finish()
    expect(again.notes).toEqual([])
    expect(again.files.map(({ uid, kind }) => [uid, kind])).toEqual([
      [1, 'aac'],
      [1, 'mp4'],
    ])
    expect(stage.listing().filter((name) => name.includes('spool'))).toEqual([])
  })

  test('does not affect the call, and the record names what is missing', async () => {
    const file = join(stage.directory, 'a-file')
    writeFileSync(file, '')
    const broken = new Stage({ directory: join(file, 'recordings') })
    const who = broken.publish(subject())
    broken.send(who, talk)
    broken.unpublish(who)
    const { files, notes } = await broken.finish()
    expect(files).toEqual([])
    expect(notes).toEqual([
      { code: 'unfinished', uid: UID, message: expect.stringContaining('Writing failed: ENOTDIR') },
    ])
    expect(broken.recording.isRecording(CID)).toBe(false)
    expect(await broken.recording.leftovers()).toEqual([])
    await broken.recording.close()
  })

  test('that is too slow costs the recording, not memory', async () => {
    const who = stage.publish(subject())
    stage.send(who, talk)
    const heavy = Buffer.concat([Buffer.from([0x27, 1, 0, 0, 0]), Buffer.alloc(1 << 20, 7)])
    // All in one turn of the event loop: nothing can be written meanwhile.
    for (let at = 0; at < 20; at++) stage.send(who, [makeTag(9, 4200 + at, heavy)])
    stage.unpublish(who)
    const { notes } = await stage.finish()
    expect(notes.map(({ message }) => message).join()).toContain('the disk is too slow')
  })

  test('on which a file cannot be renamed gives a note, and its spool is kept', async () => {
    mkdirSync(join(mp4(1), 'in the way'), { recursive: true })
    stage.play(subject({ uid: 1 }), talk)
    stage.play(subject({ uid: 2 }), talk)
    const { files, notes } = await stage.finish()
    expect(files.map(({ uid, kind }) => [uid, kind])).toEqual([
      [1, 'aac'],
      [2, 'aac'],
      [2, 'mp4'],
    ])
    expect(notes).toEqual([{ code: 'unfinished', uid: 1, message: expect.stringContaining('could not be written') }])
    expect(existsSync(`${mp4(1)}.part`)).toBe(false)
    expect(stage.listing().some((name) => name.startsWith('unfinished/1/'))).toBe(true)
    rmSync(mp4(1), { recursive: true })
  })
})
