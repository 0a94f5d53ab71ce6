/** Time that passes on the controlled clock (clock.ts) while connections within this process carry what it causes. */
import { advance, controlClock } from './clock'

/** Shorter than every limit, so that an answer comes before the limit of its request does, ms. */
const STEP = 1_000
/** How far the clock moves between two looks at a condition, ms. */
const LOOK = 20
/** Turns of the event loop in which both ends hear what was sent; opening a connection takes the most. */
const TURNS = 30

export async function elapse(ms: number): Promise<void> {
  await delivered()
  for (let left = ms; left > 0; left -= STEP) {
    await advance(Math.min(STEP, left))
    await delivered()
  }
}

/** Lets time pass until the condition holds; fails, naming what was waited for, after `limit` ms of it. */
export async function elapseUntil(
  condition: () => boolean | Promise<boolean>,
  what = 'the condition',
  limit = 60_000,
): Promise<void> {
  await delivered()
  for (let passed = 0; !(await condition()); passed += LOOK) {
    if (passed >= limit) throw new Error(`${what} did not come true within ${limit} ms: ${condition.toString()}`)
    await advance(LOOK)
    await delivered()
  }
}

/** What was sent over connections within this process has come. */
export async function delivered(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) await new Promise((resolve) => setImmediate(resolve))
}

/** The clock of a test file runs by itself during each test, no faster than connections within this process carry things. */
export function useRunningClock(): void {
  controlClock()
  const clock = { runs: false, ended: Promise.resolve() }
  beforeEach(() => {
    clock.runs = true
    clock.ended = run()
  })
  afterEach(() => {
    clock.runs = false
    return clock.ended
  })
  async function run(): Promise<void> {
    while (clock.runs) {
      await delivered()
      await advance(LOOK)
    }
  }
}
