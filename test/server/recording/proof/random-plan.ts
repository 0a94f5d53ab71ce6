/** Random call plans with faulty publishers. */
import type { RecordType } from '../../../../miniprogram/netcall/constants'
import type { Chance } from '../../../support/random'
import { stretchesOf, type Act, type Plan, type PlanEvent } from './plan'
import { drawPublisher, type Publisher } from './publishers'

const ENDS = 6
const TYPES: readonly [RecordType, ...RecordType[]] = ['0', '1', '2']
/** Sequences of acts of one member. */
const TURNS: readonly (readonly [Act, ...Act[]])[] = [
  ['mutes', 'unmutes'],
  ['camera off', 'camera on'],
  ['to voice', 'to picture'],
  ['is lost', 'returns'],
  ['leaves'],
]

/** Draws a plan that `judge` can measure; its name lists the faults and acts. */
export function drawPlan(chance: Chance): Plan {
  for (;;) {
    const plan = drawAny(chance)
    try {
      const stretches = Object.keys(plan.publishers ?? {}).flatMap((uid) => stretchesOf(plan, Number(uid)))
      if (stretches.every(({ to, published }) => to < ENDS || isQuiet(to - published))) return plan
    } catch {
      // An act would cut a flash: draw again.
    }
  }
}

/** Whether no flash or beep is cut off at this time. */
const isQuiet = (second: number): boolean => second % 1 >= 0.3 && second % 1 <= 0.8

function drawAny(chance: Chance): Plan {
  const members = 1 + chance.below(3)
  const events: PlanEvent[] = []
  const publishers: Record<number, Publisher> = {}
  const names: string[] = []
  const asks = []
  let most = 0
  for (let uid = 1; uid <= members; uid++) {
    const joins = Number(chance.between(uid === 1 ? 0.3 : 0.2, uid === 1 ? 0.6 : 2).toFixed(2))
    events.push([joins, uid, chance.of(['joins', 'joins', 'joins by voice'])])
    let at = joins + 1.5
    for (const act of TURNS[chance.below(TURNS.length * 2)] ?? []) {
      events.push([at, uid, act])
      at += chance.of([1, 1.5, 2])
    }
    const { name, publisher, apart = 0 } = drawPublisher(chance)
    publishers[uid] = publisher
    most = Math.max(most, apart)
    names.push(name)
    asks.push({ type: chance.of(TYPES), live: chance.below(3) === 0 })
  }
  events.sort(([one], [other]) => one - other)
  const acts = events.map(([at, uid, act]) => `${uid} ${act} at ${at}`)
  return {
    name: [...names, ...acts].join('; '),
    asks,
    events,
    ends: ENDS,
    publishers,
    ...(most > 0 && { apart: most }),
  }
}
