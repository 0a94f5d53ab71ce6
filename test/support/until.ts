import { PATIENCE, realNow, realTimeout } from './real-time'

/** Maximum poll interval, ms: each query of a browser costs CPU time that the browser needs. */
const SLOWEST = 50

/** Waits in real time until the condition holds; fails after `limit` ms with the name of the condition. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what = 'the condition',
  limit = PATIENCE,
): Promise<void> {
  const deadline = realNow() + limit
  for (let pause = 5; !(await condition()); pause = Math.min(pause * 1.5, SLOWEST)) {
    if (realNow() > deadline) throw new Error(`${what} did not come true within ${limit} ms: ${condition.toString()}`)
    await new Promise((resolve) => realTimeout(resolve, pause))
  }
}
