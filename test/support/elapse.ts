/** Advances the controlled clock (clock.ts) while connections in this process deliver data. */
import { advance, controlClock } from './clock'

/** Shorter than every timeout, so that an answer comes before the request's timeout, ms. */
const STEP = 1_000
/** Step of the clock between two checks of a condition, ms. */
const LOOK = 20
/** Turns of the event loop until both ends have received everything; opening a connection takes the most. */
const TURNS = 30

export async function elapse(ms: number): Promise<void> {
  await delivered()
  for (let left = ms; left > 0; left -= STEP) {
    await advance(Math.min(STEP, left))
    await delivered()
  }
}

/** Advances time until the condition holds; fails after `limit` ms with the name of the condition. */
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

/** Everything sent over connections in this process has arrived. */
async function delivered(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) await new Promise((resolve) => setImmediate(resolve))
}

/** The clock of a test file runs by itself during each test, no faster than connections in this process deliver. */
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
