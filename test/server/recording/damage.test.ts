/** Spools that are damaged anyhow, and what does not belong there. `SEED` chooses how. */
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RecordingFile } from '../../../server/recording/types'
import { ffmpeg, testWithFfmpeg } from '../../support/ffmpeg'
import { Chance, SEED } from '../../support/random'
import { readMedia } from './read-media'
import { CID, everything, Stage, subject } from './support'
import { tagsOf } from './tags'

const talk = tagsOf('talk')
const TALK = 4130
const FRAME = 70
/** What time stamps may claim that cannot be told from a pause, ms. */
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

/** Two who ask for singles (and the mix), left by a service that died; gives the next one. */
async function abandon(type: '0' | '2' = '2'): Promise<void> {
  for (const uid of [1, 2]) {
    const who = subject({ uid, account: `user-${uid}`, request: { ...everything, type } })
    stage.send(stage.publish(who, began), talk)
  }
  await stage.recording.close()
  stage = new Stage({ directory: stage.directory })
}

/** A stretch of at most a third. */
function stretch(bytes: Buffer, chance: Chance): [number, number] {
  const from = chance.below(bytes.length)
  return [from, Math.min(bytes.length, from + 1 + chance.below(bytes.length / 3))]
}

type Damage = (bytes: Buffer, chance: Chance) => Buffer
const DAMAGES: Record<string, Damage> = {
  'single flipped bits': (bytes, chance) => {
    for (let left = 1 + chance.below(50); left > 0; left--) {
      const at = chance.below(bytes.length)
      bytes[at] = bytes.readUInt8(at) ^ (1 << chance.below(8))
    }
    return bytes
  },
  'a stretch of zeros': (bytes, chance) => bytes.fill(0, ...stretch(bytes, chance)),
  'a stretch of noise': (bytes, chance) => {
    const [from, to] = stretch(bytes, chance)
    for (let at = from; at < to; at++) bytes[at] = chance.below(256)
    return bytes
  },
  'a part lost': (bytes, chance) => {
    const [from, to] = stretch(bytes, chance)
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)])
  },
  'a part twice': (bytes, chance) => {
    const [from, to] = stretch(bytes, chance)
    return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)])
  },
  'cut off': (bytes, chance) => bytes.subarray(0, chance.below(bytes.length)),
}
const ROUNDS = [0, 1, 2, 3, 4, 5]

/** Mixes a call whose one member is damaged in every way. */
async function mixedThough(seed: number): Promise<void> {
  await abandon('0')
  const whole = readFileSync(segment(2))
  const chance = new Chance(seed)
  for (const damage of Object.values(DAMAGES)) {
    stage = new Stage({ directory: stage.directory })
    writeFileSync(segment(2), damage(Buffer.from(whole), chance))
    const { files } = await stage.recording.finish(CID)
    const mixed = await stage.recording.mix(CID)
    expect(kinds(mixed.files)).toEqual(['0 mp4'])
    expect(mixed.files[0]?.duration).toBeGreaterThan(TALK - FRAME)
    for (const { filename } of [...of(2, files), ...mixed.files]) {
      ffmpeg('-i', stage.path(filename), '-f', 'null', '-')
    }
    writeFileSync(segment(2), whole)
    await stage.recording.close()
    for (const { filename } of mixed.files) rmSync(stage.path(filename))
  }
}

describe.each([SEED])('a damaged spool (SEED=%i)', (seed) => {
  test.each(Object.keys(DAMAGES))('%s: what is left of it can be read, and the other member is whole', async (name) => {
    await abandon()
    const untouched = of(2, (await stage.recording.finish(CID)).files)
    const whole = readFileSync(segment(2))
    const chance = new Chance(seed)
    for (const round of ROUNDS) {
      writeFileSync(segment(2), DAMAGES[name]?.(Buffer.from(whole), chance) ?? whole)
      const { files, notes } = await stage.recording.finish(CID)
      expect({ round, untouched: of(2, files) }).toEqual({ round, untouched })
      expect(notes.every(({ uid, code }) => uid === 1 && code === 'unfinished')).toBe(true)
      const own = of(1, files)
      // Nothing is lost without a word.
      if (own.length < 2) expect(notes).toHaveLength(1)
      for (const { filename, duration } of own) {
        expect({ round, tooLong: duration > TALK + LATE && duration }).toEqual({ round, tooLong: false })
        const { audio, video } = await readMedia(stage.path(filename))
        expect((audio ?? video)?.times.length).toBeGreaterThan(0)
      }
    }
  })

  testWithFfmpeg('mixed, it spoils its own place only', () => mixedThough(seed))
})

// With this one the sequence header of a picture is spoilt, and no frame of it can be decoded.
testWithFfmpeg('a picture that is lost altogether leaves its member a name card in the mix', () => mixedThough(490_360))

describe('what does not belong into a spool', () => {
  test('files of other names, and marks that are none, are passed over', async () => {
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

  test('a foreign file of a segment’s name is said and kept; the rest is made', async () => {
    await abandon()
    writeFileSync(segment(3), readFileSync(join(__dirname, 'damage.test.ts')))
    const { files, notes } = await stage.finish()
    expect(kinds(files)).toEqual(ALL)
    expect(notes).toEqual([{ code: 'unfinished', uid: 1, message: expect.stringMatching(/whose it is.*"unfinished"/) }])
    await stage.recording.close()
    expect(stage.listing()).toContain(`unfinished/1/${began}-3.flv`)
  })

  test.each<[string, (path: string) => void]>([
    ['cannot be read', (path) => mkdirSync(path)],
    ['leads nowhere', (path) => symlinkSync(`${path}.gone`, path)],
  ])('a segment that %s is said and kept; the rest is made', async (_, put) => {
    await abandon()
    put(segment(3))
    const { files, notes } = await stage.finish()
    expect(kinds(files)).toEqual(ALL)
    for (const { duration } of files) expect(Math.abs(duration - TALK)).toBeLessThan(FRAME)
    expect(notes).toEqual([
      { code: 'unfinished', uid: 1, message: expect.stringMatching(/could not be read.*"unfinished"/) },
    ])
    await stage.recording.close()
    expect(stage.listing()).toContain(`unfinished/1/${began}-3.flv`)
  })

  test('marks that cannot be read cost nobody a file', async () => {
    await abandon()
    mkdirSync(stage.path('spool/1/presence'))
    const { files, notes } = await stage.finish()
    expect([kinds(files), notes]).toEqual([ALL, []])
  })
})
