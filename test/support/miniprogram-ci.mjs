/** Runs several orders in one process of miniprogram-ci, whose start takes longer than all of them. */
import { failureOf, work } from '../../scripts/miniprogram-ci/worker.mjs'

await work(async ({ module, name, orders }) => {
  const { [name]: does } = await import(module)
  const answers = []
  for (const order of orders) answers.push(await does(order).catch(failureOf))
  return { answers }
})
