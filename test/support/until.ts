import { PATIENCE, realNow, realTimeout } from './real-time'

/** Waits in real time until the condition holds; fails after `limit` ms, naming what was waited for. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what = 'the condition',
  limit = PATIENCE,
): Promise<void> {
  const deadline = realNow() + limit
  while (!(await condition())) {
    if (realNow() > deadline) throw new Error(`${what} did not come true within ${limit} ms: ${condition.toString()}`)
    await new Promise((resolve) => realTimeout(resolve, 10))
  }
}
