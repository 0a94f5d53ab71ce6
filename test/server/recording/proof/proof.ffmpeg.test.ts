/** Every file of short calls is decoded and compared with the input: by colours, flashes, tones and beeps. `PLANS=all` runs all plans. */
import { describeWithFfmpeg } from '../../../support/ffmpeg'
import { judge, judgeFrames } from './judge'
import { perform } from './perform'
import { PLANS } from './plans'
import { watch } from './watch'

const isTried = process.env['PLANS'] === 'all' ? () => true : ({ usual }: { usual?: true }) => usual === true

describeWithFfmpeg.each(PLANS)('%s', (_, plans) => {
  test.each(plans.filter(isTried).map((plan) => [plan.name, plan] as const))('%s', async (_name, plan) => {
    const { stage, files, notes, frames, sent } = await perform(plan)
    try {
      expect(notes).toEqual([])
      expect(judgeFrames(plan, sent, frames)).toEqual([])
      expect(await judge(plan, files, async (name) => await watch(stage.path(name)), sent)).toEqual([])
    } finally {
      await stage.dispose()
    }
  })
})
