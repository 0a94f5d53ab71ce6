/** Waits until the condition holds; fails after `limit` ms, naming what was waited for. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what = 'the condition',
  limit = 30_000,
): Promise<void> {
  const deadline = Date.now() + limit
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`${what} did not come true within ${limit} ms: ${condition.toString()}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
