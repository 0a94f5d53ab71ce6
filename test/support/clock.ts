/**
 * A clock that stands still until a test advances it: jest's modern fake timers for `Date`, `performance`, timeouts and intervals. Sockets,
 * files and child processes run in real time.
 */
const REAL = ['nextTick', 'setImmediate', 'clearImmediate', 'queueMicrotask', 'hrtime'] as const

/**
 * From now on time stands still in this test file, until `useRealTime()` or the end of the file. `now`: ms since 1970; the real time by
 * default.
 */
export function controlClock(now: number = Date.now()): void {
  jest.useFakeTimers({ doNotFake: [...REAL], now })
  mendRefresh()
}

/** `refresh()` of @sinonjs/fake-timers 15.5.0 breaks the order of all timers. Here it restarts the timer under the same handle. */
function mendRefresh(): void {
  const start = globalThis.setTimeout
  const mended = (run: (...args: unknown[]) => void, delay?: number, ...args: unknown[]) => {
    const timer = start(run, delay, ...args)
    const refresh = () => {
      clearTimeout(timer)
      const again = start(run, delay, ...args)
      return Object.assign(timer, { [Symbol.toPrimitive]: () => Number(again) })
    }
    return Object.assign(timer, { refresh })
  }
  // With the properties that fake-timers needs to remove it.
  Object.assign(globalThis, { setTimeout: Object.assign(mended, start) })
}

/** Advances the clock; due timers run in order, with the promises that they settle. */
export async function advance(ms: number): Promise<void> {
  await jest.advanceTimersByTimeAsync(ms)
}

export function useRealTime(): void {
  jest.useRealTimers()
}
