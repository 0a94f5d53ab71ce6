/** Members with drifting clocks are in step in the mix, also at its end. `DRIFTING=7200`: after two hours. */
import { join } from 'node:path'
import type { MediaTag } from '../../../server/media/types'
import { describeWithFfmpeg, ffmpeg } from '../../support/ffmpeg'
import { Listen } from './beacon'
import { CID, everything, Stage, START, subject } from './support'
import { tagsIn } from './tags'

/** s */
const LENGTH = Number(process.env['DRIFTING'] ?? 100)
/** Clocks of phones drift by some hundred ppm; a short test takes more, so that it would fail without correction. */
const PPM = LENGTH > 1_000 ? 500 : 1_200
const TONES = [500, 1300]
/** Duration of the checked end, s. */
const END = 20

// Encoded, mixed and decoded, which takes minutes for two hours.
jest.setTimeout(60_000 + LENGTH * 100)

let stage: Stage
afterEach(async () => await stage.dispose())

/** A beep at each second of a publisher's own clock. */
function beeping(tone: number, seconds: number): MediaTag[] {
  const source = `aevalsrc=exprs='0.4*sin(2*PI*${tone}*t)*lt(mod(t,1),0.14)':s=48000:d=${seconds}`
  const output = '-c:a aac -ac 1 -b:a 48k -f flv -flvflags no_duration_filesize pipe:1'.split(' ')
  return tagsIn(ffmpeg('-f', 'lavfi', '-i', source, ...output))
}

describeWithFfmpeg('clocks that drift apart', () => {
  test('members are in step at the end of the mix, and at their true times', async () => {
    stage = new Stage()
    const members = TONES.map((tone, at) => {
      const speed = 1 + ((at === 0 ? 1 : -1) * PPM) / 1e6
      const request = { ...everything, video: false, type: '1' as const }
      const publication = stage.publish(subject({ uid: at + 1, account: `user-${at + 1}`, request }))
      return { publication, speed, tags: beeping(tone, Math.floor(LENGTH * speed)) }
    })
    const arrivals = members.flatMap(({ publication, speed, tags }) =>
      tags.map((tag) => ({ at: tag.timestamp / speed, publication, tag })),
    )
    for (const [number, { at, publication, tag }] of arrivals.toSorted((one, other) => one.at - other.at).entries()) {
      stage.now = at
      stage.media.emit('tag', publication, tag)
      // Waits for the disk: above its queue's limit data would no longer be stored.
      if (number % 2_000 === 0) await new Promise((resolve) => setTimeout(resolve))
    }
    for (const { publication } of members) stage.unpublish(publication)
    const { files, notes } = await stage.finish()
    expect(notes).toEqual([])
    const [mix] = files.filter((file) => file.mix)
    const from = LENGTH - END
    const heard = new Listen(join(stage.directory, String(CID), mix?.filename ?? String(START)), from)
    members.forEach(({ speed }, at) => {
      // The first one may have begun before.
      const beeps = heard.beeps(TONES[at] ?? 0).filter((beep) => beep > 0.3)
      expect(beeps.length).toBeGreaterThan(END - 4)
      for (const beep of beeps) {
        const own = (from + beep) * speed
        expect(Math.abs(own - Math.round(own))).toBeLessThan(0.075)
      }
    })
  })
})
