/** Members whose audio is in more pieces than one ffmpeg command can open. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Composer } from '../../../server/recording/compose/composer'
import type { Voice } from '../../../server/recording/compose/plan'
import { describeWithFfmpeg, ffmpeg } from '../../support/ffmpeg'
import { FakeFfmpeg, REAL } from './fake-ffmpeg'
import { watch } from './proof/watch'

/** Sounding pieces of each member. */
const PIECES = 65
/** ms */
const PIECE = 200
const TONES = [500, 1300]
/** Words of a command with 100 files. */
const MOST_WORDS = 700

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'mix-pieces-'))))
afterEach(() => rmSync(folder, { recursive: true }))

/** Tone and silence in turn. */
function voiceOf(tone: number, isFirst: boolean): Voice {
  const path = join(folder, `${tone}.aac`)
  ffmpeg('-f', 'lavfi', '-i', `sine=${tone}:sample_rate=48000:d=0.5`, '-af', 'volume=4', '-ac', '1', '-y', path)
  const sound = { path, length: PIECE, speed: 1 }
  const silence = { path: null, length: PIECE, speed: 1 }
  return Array.from({ length: PIECES }, () => (isFirst ? [sound, silence] : [silence, sound])).flat()
}

describeWithFfmpeg('audio in hundreds of pieces', () => {
  test('is mixed by several commands, and each piece is at its time', async () => {
    const limited = new FakeFfmpeg(folder, `[ $# -le ${MOST_WORDS} ] || exit 7\n${REAL}`)
    const plan = {
      origin: 0,
      length: 2 * PIECES * PIECE,
      scenes: [],
      voices: TONES.map((tone, at) => voiceOf(tone, at === 0)),
    }
    const composer = new Composer({ join: () => Promise.reject(new Error('There is no picture to join.')) })
    const [work, target] = [join(folder, 'work'), join(folder, 'mix.aac')]
    const order = { ffmpeg: limited.path, plan, work, target, isRetry: false, onProgress: () => {} }
    const { spoiled, duration } = await composer.mix(order)
    expect(spoiled).toEqual([])
    expect(Math.abs(duration - plan.length)).toBeLessThan(50)
    const { sound } = await watch(target)
    for (const [at, tone] of TONES.entries()) {
      const beeps = sound?.beeps(tone) ?? []
      expect(beeps).toHaveLength(PIECES)
      for (const [piece, beep] of beeps.entries()) {
        expect(Math.abs(beep * 1000 - (2 * piece + at) * PIECE)).toBeLessThan(60)
      }
    }
  })
})
