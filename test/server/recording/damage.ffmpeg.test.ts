/** A call with one damaged spool is still mixed. `SEED` selects the damage, `ROUNDS` tries every kind that many times. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { ffmpeg, testWithFfmpeg } from '../../support/ffmpeg'
import { Chance, SEED } from '../../support/random'
import { DAMAGES, ROUNDS } from './damages'
import { CID, everything, Stage, START, subject } from './support'
import { tagsOf } from './tags'

/** A mix of every kind takes long on a busy machine. */
jest.setTimeout(60_000 + ROUNDS * 60_000)

const TALK = 2_000
const FRAME = 70
const talk = tagsOf('talk').filter(({ timestamp }) => timestamp < TALK)
/** The most informative kinds. */
const FEW = ['single flipped bits', 'a part lost']
const ways = process.env['ROUNDS'] === undefined ? FEW : Object.keys(DAMAGES)

let stage: Stage
beforeEach(() => (stage = new Stage()))
afterEach(async () => await stage.dispose())

testWithFfmpeg.each([SEED])('a damaged spool spoils its own place in the mix only (SEED=%i)', async (seed) => {
  for (const uid of [1, 2]) {
    const who = subject({ uid, account: `user-${uid}`, request: { ...everything, type: '0' } })
    stage.send(stage.publish(who), talk)
  }
  await stage.recording.close()
  const path = stage.path(`spool/1/${START}-1.flv`)
  const whole = readFileSync(path)
  const chance = new Chance(seed)
  for (let round = 0; round < ROUNDS; round++) {
    for (const way of ways) {
      stage = new Stage({ directory: stage.directory })
      writeFileSync(path, DAMAGES[way]?.(Buffer.from(whole), chance) ?? whole)
      const { files } = await stage.recording.finish(CID)
      const mixed = await stage.recording.mix(CID)
      expect({ way, mixed: mixed.files.map(({ uid, kind }) => `${uid} ${kind}`) }).toEqual({ way, mixed: ['0 mp4'] })
      expect(mixed.files[0]?.duration).toBeGreaterThan(TALK - FRAME)
      for (const { filename } of [...files.filter(({ uid }) => uid === 2), ...mixed.files]) {
        ffmpeg('-i', stage.path(filename), '-f', 'null', '-')
      }
      await stage.recording.close()
      for (const { filename } of mixed.files) rmSync(stage.path(filename))
    }
  }
})
