import { readdirSync, readFileSync } from 'node:fs'

/** What a process has used so far. */
export interface Usage {
  /** ms on a processor, all threads together. */
  cpu: number
  /** `performance.now()` of this reading. */
  at: number
}

export function usageOf(pid: number): Usage {
  let nanoseconds = 0
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    nanoseconds += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0])
  }
  return { cpu: nanoseconds / 1e6, at: performance.now() }
}

/** Percent of one core, between two readings. */
export const cpuBetween = (before: Usage, after: Usage): number =>
  (100 * (after.cpu - before.cpu)) / (after.at - before.at)

/** Resident memory, MB. */
export function memoryOf(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kilobytes) / 1024
}
