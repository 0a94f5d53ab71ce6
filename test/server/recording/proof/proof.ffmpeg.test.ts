/** Every file of many short calls is decoded and compared with what was sent: by colours, flashes, tones and beeps. */
import { describeWithFfmpeg } from '../../../support/ffmpeg'
import { judge } from './judge'
import { perform } from './perform'
import { PLANS } from './plans'

describeWithFfmpeg.each(PLANS)('%s', (_, plans) => {
  test.each(plans.map((plan) => [plan.name, plan] as const))('%s', async (_name, plan) => {
    const { stage, files, notes } = await perform(plan)
    try {
      expect(notes).toEqual([])
      expect(await judge(plan, files, (name) => stage.path(name))).toEqual([])
    } finally {
      await stage.dispose()
    }
  })
})
