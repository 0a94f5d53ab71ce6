/**
 * Random calls with faulty publishers: the decoded files must contain everything that was sent, at the right time. `CALLS` sets the number
 * of calls, `SEED` the first one. A failing call is repeated with `CALLS=1 SEED=<its number>`.
 */
import { describeWithFfmpeg } from '../../../support/ffmpeg'
import { Chance, SEED } from '../../../support/random'
import { judge, judgeFrames } from './judge'
import { perform } from './perform'
import { drawPlan } from './random-plan'
import { watch } from './watch'

const CALLS = Number(process.env['CALLS'] ?? 3)

describeWithFfmpeg('a call by chance', () => {
  test.each(Array.from({ length: CALLS }, (_, index) => SEED + index))('number %i', async (seed) => {
    const plan = drawPlan(new Chance(seed))
    const { stage, files, notes, frames, sent } = await perform(plan)
    try {
      const watched = await judge(plan, files, async (name) => await watch(stage.path(name)), sent)
      const complaints = [...watched, ...judgeFrames(plan, sent, frames)]
      expect({ plan: plan.name, notes, complaints }).toEqual({ plan: plan.name, notes: [], complaints: [] })
    } finally {
      await stage.dispose()
    }
  })
})
