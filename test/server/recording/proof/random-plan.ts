/** Calls by chance: who comes and goes and does what, and what clock its publisher has. */
import type { RecordType } from '../../../../miniprogram/netcall/constants'
import type { Chance } from '../../../support/random'
import { stretchesOf, type Act, type Plan, type PlanEvent } from './plan'
import { drawPublisher, type Publisher } from './publishers'

const ENDS = 6
const TYPES: readonly [RecordType, ...RecordType[]] = ['0', '1', '2']
/** What can happen to a member in the middle, in its order, and whether it changes the picture. */
const TURNS: readonly (readonly [Act, ...Act[]])[] = [
  ['mutes', 'unmutes'],
  ['camera off', 'camera on'],
  ['to voice', 'to picture'],
  ['is lost', 'returns'],
  ['leaves'],
]

/** A plan that can be measured, and in its name what its publishers do. */
export function drawPlan(chance: Chance): Plan {
  for (;;) {
    const plan = drawAny(chance)
    try {
      for (const uid of Object.keys(plan.publishers ?? {})) stretchesOf(plan, Number(uid))
      return plan
    } catch {
      // A moment in which a flash would be cut: another one.
    }
  }
}

function drawAny(chance: Chance): Plan {
  const members = 1 + chance.below(3)
  const events: PlanEvent[] = []
  const publishers: Record<number, Publisher> = {}
  const names: string[] = []
  const asks = []
  for (let uid = 1; uid <= members; uid++) {
    const joins = uid === 1 ? 0 : Number(chance.between(0, 2).toFixed(2))
    events.push([joins, uid, chance.of(['joins', 'joins', 'joins by voice'])])
    let at = joins + 1.5
    for (const act of TURNS[chance.below(TURNS.length * 2)] ?? []) {
      events.push([at, uid, act])
      at += chance.of([1, 1.5, 2])
    }
    const { name, publisher } = drawPublisher(chance)
    publishers[uid] = publisher
    names.push(name)
    asks.push({ type: chance.of(TYPES), live: chance.below(3) === 0 })
  }
  events.sort(([one], [other]) => one - other)
  const acts = events.map(([at, uid, act]) => `${uid} ${act} at ${at}`)
  return { name: [...names, ...acts].join('; '), asks, events, ends: ENDS, publishers }
}
