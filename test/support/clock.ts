/**
 * A clock that stands still until a test moves it: jest's modern fake timers for `Date`, `performance`, timeouts and
 * intervals. What sockets, files and child processes need keeps running in real time.
 */
const REAL = ['nextTick', 'setImmediate', 'clearImmediate', 'queueMicrotask', 'hrtime'] as const

/** From now on time stands still in this test file, until `useRealTime()` or the end of the file. `now`: ms since 1970; the real time by default. */
export function controlClock(now: number = Date.now()): void {
  jest.useFakeTimers({ doNotFake: [...REAL], now })
}

/** Moves the clock; what falls due runs in its order, with the promises that it settles. */
export async function advance(ms: number): Promise<void> {
  await jest.advanceTimersByTimeAsync(ms)
}

export function useRealTime(): void {
  jest.useRealTimers()
}
