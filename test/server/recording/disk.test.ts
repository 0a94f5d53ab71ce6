/** Disks that are full, slow or broken. */
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { CID, Stage, START, subject, UID } from './support'
import { makeTag, tagsOf } from './tags'

const talk = tagsOf('talk')
/** Every write to it finds the disk full. */
const FULL = '/dev/full'
const mp4 = (uid = UID) => stage.path(`0-${CID}-${START}-${uid}.mp4`)

let stage: Stage
beforeEach(() => (stage = new Stage()))
afterEach(async () => await stage.dispose())

const whenFull = existsSync(FULL) ? test : test.skip
describe('a disk that fails', () => {
  test('when it has no more room, the live call goes on; what came before is kept, finished when there is room', async () => {
    const who = JSON.stringify(subject())
    const script = join(__dirname, 'full-disk-child.ts')
    const limited = `ulimit -f 24; exec "$0" --import tsx "$@"`
    const { stdout } = await promisify(execFile)('sh', ['-c', limited, process.execPath, script, stage.directory, who])
    const { sent, files, notes } = JSON.parse(stdout)
    expect(sent).toBe(4 * talk.length)
    expect(files.map(({ kind }: { kind: string }) => kind)).toEqual(['aac'])
    const said = notes.map(({ message }: { message: string }) => message).join()
    expect(said).toContain('Writing failed: the file is larger than this system allows')
    expect(said).toMatch(/\.mp4 could not be written: the file is larger.*tried again when the service starts/)

    expect(await stage.recording.leftovers()).toEqual([CID])
    const later = await stage.finish()
    expect(later.files.map(({ kind }) => kind)).toEqual(['aac', 'mp4'])
    expect(later.files[0]?.duration).toBeGreaterThan(1000)
    expect(later.notes).toEqual([{ code: 'unfinished', uid: UID, message: expect.stringContaining('It breaks off') }])
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

  test('the call goes on, and its record says what is missing', async () => {
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

  test('one that is too slow costs the recording, not the memory', async () => {
    const who = stage.publish(subject())
    stage.send(who, talk)
    const heavy = Buffer.concat([Buffer.from([0x27, 1, 0, 0, 0]), Buffer.alloc(1 << 20, 7)])
    // All in one turn of the event loop: nothing can be written meanwhile.
    for (let at = 0; at < 20; at++) stage.send(who, [makeTag(9, 4200 + at, heavy)])
    stage.unpublish(who)
    const { notes } = await stage.finish()
    expect(notes.map(({ message }) => message).join()).toContain('the disk is too slow')
  })

  test('a file that cannot be put in its place is a note, and its spool is kept aside', async () => {
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
