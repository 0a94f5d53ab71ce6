/** Messages of one connection within its budget. */
import { MessagePump } from '../../../server/media/message-pump'
import { advance, controlClock } from '../../support/clock'

beforeEach(() => controlClock())

const turnOfOthers = () => new Promise((resolve) => setImmediate(resolve))

function pumpOf({ perSecond = 1_000, burst = 1_000, fails = NaN, bitRate = 1e9, size = 1 } = {}) {
  const taken: number[] = []
  const told: string[] = []
  const pump: MessagePump<number> = new MessagePump(
    {
      pause: () => void told.push('pause'),
      resume: () => void told.push('resume'),
      take(message) {
        taken.push(message)
        if (message === fails) throw new Error('bad')
      },
      sizeOf: () => size,
      failed: (error) => void told.push(String(error)),
      turn: (work) => work(),
    },
    { messageRate: perSecond, messageBurst: burst, bitRate },
  )
  return { pump, taken, told }
}
const numbers = (count: number, from = 0): Iterator<number> =>
  Array.from({ length: count }, (_, at) => from + at).values()

test('handles a few messages at once', () => {
  const { pump, taken, told } = pumpOf()
  pump.push(numbers(3))
  expect([taken, told]).toEqual([[0, 1, 2], []])
})

test('shares the event loop with others, and keeps the order', async () => {
  const { pump, taken, told } = pumpOf()
  pump.push(numbers(250))
  pump.push(numbers(10, 250))
  expect([taken.length, told]).toEqual([100, ['pause']])
  await turnOfOthers()
  expect([taken.length, told]).toEqual([200, ['pause', 'pause']])
  await turnOfOthers()
  expect(taken).toEqual(Array.from({ length: 260 }, (_, at) => at))
  expect(told.at(-1)).toBe('resume')
})

test('delays bytes above the bit rate, including messages larger than the budget', async () => {
  // 100 bytes a second, 1,000 burst.
  const { pump, taken, told } = pumpOf({ bitRate: 800, size: 700 })
  pump.push(numbers(4))
  expect([taken.length, told]).toEqual([2, ['pause']])
  await advance(4_000)
  expect(taken.length).toBe(2)
  await advance(20)
  expect(taken.length).toBe(3)
  await advance(7_000)
  expect([taken.length, told.at(-1)]).toEqual([4, 'pause'])
  // The excess over the budget is waited for, too.
  await advance(7_000)
  expect(told.at(-1)).toBe('resume')
})

test('delays messages above the budget', async () => {
  const { pump, taken, told } = pumpOf({ perSecond: 100, burst: 5 })
  pump.push(numbers(20))
  expect([taken.length, told]).toEqual([5, ['pause']])
  await turnOfOthers()
  expect(taken.length).toBe(5)
  await advance(50)
  expect(taken.length).toBe(10)
  await advance(200)
  expect([taken.length, told.at(-1)]).toEqual([20, 'resume'])
})

test('ends at a message that cannot be handled, and reports it once', async () => {
  const { pump, taken, told } = pumpOf({ fails: 120 })
  pump.push(numbers(300))
  await turnOfOthers()
  await turnOfOthers()
  expect(taken.length).toBe(121)
  expect(told).toEqual(['pause', 'Error: bad'])
  pump.push(numbers(1))
  expect(taken.length).toBe(121)
})

test('handles the rest when its connection has ended, or drops it when stopped', async () => {
  const one = pumpOf()
  one.pump.push(numbers(300))
  one.pump.finish()
  expect(one.taken.length).toBe(300)
  const other = pumpOf()
  other.pump.push(numbers(300))
  other.pump.end()
  await turnOfOthers()
  expect(other.taken.length).toBe(100)
  for (const { told } of [one, other]) expect(told).toEqual(['pause', 'resume'])
})
