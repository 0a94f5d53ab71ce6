/** Damaged spools, and foreign files in them. `SEED` selects the damage, `ROUNDS` the number of rounds. */
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RecordingFile } from '../../../server/recording/types'
import { Chance, SEED } from '../../support/random'
import { DAMAGES, ROUNDS } from './damages'
import { readMedia } from './read-media'
import { CID, Stage } from './support'

const TALK = 4130
const FRAME = 70
/** Maximum error of timestamps that cannot be distinguished from a pause, ms. */
const LATE = 20_000
const ALL = ['1 aac', '1 mp4', '2 aac', '2 mp4']

let stage: Stage
let began: number
beforeEach(() => {
  stage = new Stage()
  began = Date.now()
})
afterEach(async () => await stage.dispose())

const segment = (number: number): string => stage.path(`spool/1/${began}-${number}.flv`)
const kinds = (files: readonly RecordingFile[]): string[] => files.map(({ uid, kind }) => `${uid} ${kind}`)
const of = (uid: number, files: readonly RecordingFile[]) => files.filter((file) => file.uid === uid)

/** Two members' spools of a crashed service; opens the next one. */
async function abandon(): Promise<void> {
  await stage.abandon([1, 2], began)
  stage = new Stage({ directory: stage.directory })
}

describe.each([SEED])('a damaged spool (SEED=%i)', (seed) => {
  test.each(Object.keys(DAMAGES))(
    "%s: the rest can be read, and the other member's files are complete",
    async (name) => {
      await abandon()
      const untouched = of(2, (await stage.recording.finish(CID)).files)
      const whole = readFileSync(segment(1))
      const chance = new Chance(seed)
      for (let round = 0; round < ROUNDS; round++) {
        writeFileSync(segment(1), DAMAGES[name]?.(Buffer.from(whole), chance) ?? whole)
        const { files, notes } = await stage.recording.finish(CID)
        expect({ round, untouched: of(2, files) }).toEqual({ round, untouched })
        expect(notes.every(({ uid, code }) => uid === 1 && code === 'unfinished')).toBe(true)
        const own = of(1, files)
        // Nothing is lost without a note.
        if (own.length < 2) expect(notes).toHaveLength(1)
        for (const { filename, duration } of own) {
          expect({ round, tooLong: duration > TALK + LATE && duration }).toEqual({ round, tooLong: false })
          const { audio, video } = await readMedia(stage.path(filename))
          expect((audio ?? video)?.times.length).toBeGreaterThan(0)
        }
      }
    },
  )
})

describe('foreign data in a spool', () => {
  test('files of other names, and invalid marks, are ignored', async () => {
    await abandon()
    writeFileSync(stage.path('spool/1/notes.txt'), 'mine')
    writeFileSync(stage.path('spool/1/presence'), Buffer.alloc(3_000, 200))
    mkdirSync(stage.path('spool/lost+found'))
    writeFileSync(stage.path('spool/stray.flv'), 'FLV')
    mkdirSync(join(stage.directory, 'other'))
    writeFileSync(join(stage.directory, '4712'), 'no folder')
    expect(await stage.recording.leftovers()).toEqual([CID])
    const { files, notes } = await stage.finish()
    expect(kinds(files)).toEqual(ALL)
    expect(notes).toEqual([])
  })

  test("a foreign file with a segment's name is reported and kept; the rest is made", async () => {
    await abandon()
    writeFileSync(segment(2), readFileSync(join(__dirname, 'damage.test.ts')))
    const { files, notes } = await stage.finish()
    expect(kinds(files)).toEqual(ALL)
    expect(notes).toEqual([
      { code: 'unfinished', uid: 1, message: expect.stringMatching(/does not identify its participant.*"unfinished"/) },
    ])
    await stage.recording.close()
    expect(stage.listing()).toContain(`unfinished/1/${began}-2.flv`)
  })

  test.each<[string, (path: string) => void]>([
    ['cannot be read', (path) => mkdirSync(path)],
    ['leads nowhere', (path) => symlinkSync(`${path}.gone`, path)],
  ])('a segment that %s is reported and kept; the rest is made', async (_, put) => {
    await abandon()
    put(segment(2))
    const { files, notes } = await stage.finish()
    expect(kinds(files)).toEqual(ALL)
    for (const { duration } of files) expect(Math.abs(duration - TALK)).toBeLessThan(FRAME)
    expect(notes).toEqual([
      { code: 'unfinished', uid: 1, message: expect.stringMatching(/could not be read.*"unfinished"/) },
    ])
    await stage.recording.close()
    expect(stage.listing()).toContain(`unfinished/1/${began}-2.flv`)
  })

  test("unreadable marks affect nobody's files", async () => {
    await abandon()
    mkdirSync(stage.path('spool/1/presence'))
    const { files, notes } = await stage.finish()
    expect([kinds(files), notes]).toEqual([ALL, []])
  })
})
