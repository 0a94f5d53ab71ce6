/** Scheduling of mixes: short ones preempt long ones, and waiting time counts. */
import { Turns } from '../../../server/recording/compose/turns'

let now: number
let turns: Turns
let done: string[]
beforeEach(() => {
  now = 0
  done = []
  turns = new Turns(() => now)
})
const settled = async (): Promise<void> => {
  for (let round = 0; round < 20; round++) await Promise.resolve()
}

/** A task with steps that are completed from outside. */
function start(name: string, size: number, steps: number) {
  const pending: (() => void)[] = []
  const ended = turns.run(size, async (turn) => {
    for (let step = 1; step <= steps; step++) {
      await new Promise<void>((resolve) => pending.push(resolve))
      done.push(`${name}${step}`)
      await turn()
    }
  })
  /** Does pending work; returns whether there was any. */
  const step = async (): Promise<boolean> => {
    const next = pending.shift()
    next?.()
    await settled()
    return next !== undefined
  }
  return { ended, step }
}

test('a much shorter task preempts the long one, which continues afterwards', async () => {
  const long = start('long', 60_000, 3)
  await settled()
  const short = start('short', 3_000, 2)
  await long.step()
  expect(await long.step()).toBe(false)
  await short.step()
  await short.step()
  await long.step()
  await long.step()
  await Promise.all([long.ended, short.ended])
  expect(done).toEqual(['long1', 'short1', 'short2', 'long2', 'long3'])
})

test('a task of similar size waits', async () => {
  const first = start('first', 60_000, 2)
  await settled()
  const second = start('second', 40_000, 1)
  await first.step()
  expect(await second.step()).toBe(false)
  await first.step()
  await second.step()
  await Promise.all([first.ended, second.ended])
  expect(done).toEqual(['first1', 'first2', 'second1'])
})

test('a task that waited as long as its size runs before a new short one', async () => {
  const first = start('first', 1_000, 1)
  await settled()
  const long = start('long', 60_000, 1)
  await settled()
  now = 61_000
  const short = start('short', 3_000, 1)
  await first.step()
  await long.step()
  await short.step()
  await Promise.all([first.ended, long.ended, short.ended])
  expect(done).toEqual(['first1', 'long1', 'short1'])
})

test('a long task that waited yields to a shorter one again after five seconds of work', async () => {
  const held: (() => void)[] = []
  const first = turns.run(1_000, async () => await new Promise<void>((resolve) => held.push(resolve)))
  await settled()
  const long = start('long', 60_000, 3)
  await settled()
  now = 61_000
  const short = [start('short', 10_000, 1), start('other', 10_000, 1)]
  held[0]?.()
  await settled()
  now += 4_999
  await long.step()
  now += 1
  await long.step()
  expect(await long.step()).toBe(false)
  await short[0]?.step()
  // To one of them: otherwise many could hold up the long one for good.
  await long.step()
  await short[1]?.step()
  await Promise.all([first, long.ended, ...short.map(({ ended }) => ended)])
  expect(done).toEqual(['long1', 'long2', 'short1', 'long3', 'other1'])
})

test('at most four tasks are started', async () => {
  const sizes = [4 ** 7, 4 ** 6, 4 ** 5, 4 ** 4]
  const started = []
  for (const [at, size] of sizes.entries()) {
    started.push(start(`task${at}-`, size, 2))
    await settled()
    await started[at - 1]?.step()
  }
  const fifth = start('fifth-', 1, 1)
  await started[3]?.step()
  expect(await fifth.step()).toBe(false)
  await started[3]?.step()
  expect(await fifth.step()).toBe(true)
})

test('a failing task passes its turn on', async () => {
  const failing = turns.run(1, async () => await Promise.reject(new Error('no')))
  await expect(failing).rejects.toThrow('no')
  await expect(turns.run(1, async () => await Promise.resolve('yes'))).resolves.toBe('yes')
})
