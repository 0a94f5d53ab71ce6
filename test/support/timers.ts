/** Counts running timers that were started by one part of the sources. */
interface TimerWatch {
  readonly count: number
}

/** Watches from now on for the whole test file. `part`: part of the sources' path. */
export function watchTimers(part: string): TimerWatch {
  const running = new Set<unknown>()
  const start = globalThis.setTimeout
  const stop = globalThis.clearTimeout
  const watched = (run: (...args: unknown[]) => void, delay?: number, ...args: unknown[]): unknown => {
    if (!(new Error().stack ?? '').split('\n').some((line) => line.includes(part))) return start(run, delay, ...args)
    const timer = start(() => {
      running.delete(timer)
      run(...args)
    }, delay)
    running.add(timer)
    return timer
  }
  Object.assign(globalThis, {
    setTimeout: watched,
    clearTimeout: (timer: ReturnType<typeof setTimeout> | undefined) => {
      running.delete(timer)
      stop(timer)
    },
  })
  return {
    get count() {
      return running.size
    },
  }
}
