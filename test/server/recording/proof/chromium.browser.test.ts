/** Files of random calls (see random.ffmpeg.test.ts), played to their end in Chromium. `CALLS`: a tenth of these are played. */
import { readFileSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { openBrowser } from '../../../e2e/support/browser'
import { FFMPEG } from '../../../support/ffmpeg'
import { PATIENCE } from '../../../support/real-time'
import { Chance, SEED } from '../../../support/random'
import { perform } from './perform'
import { drawPlan } from './random-plan'

/** Each call is encoded, mixed and played: slow on a busy machine. */
jest.setTimeout(2 * PATIENCE)

const CALLS = Math.ceil(Number(process.env['CALLS'] ?? 10) / 10)
/** Chromium plays no faster. */
const FASTEST = 16
/** Seconds. */
const LENGTH_OFF = 0.1
const TYPES = { mp4: 'video/mp4', aac: 'audio/aac' }

let browser: Browser
let page: Page
beforeAll(async () => {
  browser = await openBrowser()
  page = await browser.newPage()
  page.setDefaultTimeout(PATIENCE)
})
afterAll(() => browser.close())

/** Chromium's result of playing a file. */
async function play(path: string, type: string) {
  return await page.evaluate(
    async ([content, type, playbackRate]) => {
      const media = document.createElement('video')
      const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0))
      media.src = URL.createObjectURL(new Blob([bytes], { type }))
      Object.assign(media, { muted: true, playbackRate })
      document.body.append(media)
      const ended = new Promise((resolve) => {
        media.addEventListener('ended', resolve)
        media.addEventListener('error', resolve)
      })
      await media.play().catch(() => undefined)
      await ended
      media.remove()
      return {
        error: media.error?.message ?? null,
        duration: media.duration,
        pictures: media.getVideoPlaybackQuality().totalVideoFrames,
        sound: Number(Reflect.get(media, 'webkitAudioDecodedByteCount')),
      }
    },
    [readFileSync(path, 'base64'), type, FASTEST] as const,
  )
}

// Without a browser `test` is already skipping, and has no `skip`.
const testWithFfmpeg = FFMPEG === null ? (test.skip ?? test) : test
testWithFfmpeg.each(Array.from({ length: CALLS }, (_, index) => SEED + index))(
  'call %i plays to its end',
  async (seed) => {
    const plan = drawPlan(new Chance(seed))
    const { stage, files } = await perform(plan)
    try {
      const problems = []
      for (const { filename, kind, duration: told } of files) {
        if (kind === 'flv') continue
        const { error, duration, pictures, sound } = await play(stage.path(filename), TYPES[kind])
        const isLong = kind === 'aac' || Math.abs(duration - told / 1000) < LENGTH_OFF
        if (error === null && isLong && sound + pictures > 0) continue
        problems.push({ filename, error, duration, told, pictures, sound })
      }
      expect({ plan: plan.name, problems }).toEqual({
        plan: plan.name,
        problems: [],
      })
    } finally {
      await stage.dispose()
    }
  },
)
