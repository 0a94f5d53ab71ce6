import { readdirSync, readFileSync } from 'node:fs'

/** Resource usage of a process so far. */
interface Usage {
  /** CPU time by thread, ms. */
  threads: Map<string, number>
  /** `performance.now()` of this reading. */
  at: number
}

function usageOf(pid: number): Usage {
  const threads = new Map<string, number>()
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const nanoseconds = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]
    threads.set(thread, Number(nanoseconds) / 1e6)
  }
  return { threads, at: performance.now() }
}

/** Percent of one core between two readings; threads that ended are not included. */
function cpuBetween(before: Usage, after: Usage): number {
  let used = 0
  for (const [thread, ms] of after.threads) used += ms - (before.threads.get(thread) ?? 0)
  return (100 * used) / (after.at - before.at)
}

/** Resident memory, MB. */
export function memoryOf(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kilobytes) / 1024
}

/** CPU time of all processors, in kernel ticks. */
interface MachineUsage {
  busy: number
  all: number
}

function machineUsage(): MachineUsage {
  const [, ...fields] = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0]?.trim().split(/\s+/) ?? []
  const [user = 0, nice = 0, system = 0, idle = 0, wait = 0, ...rest] = fields.slice(0, 8).map(Number)
  const busy = user + nice + system + rest.reduce((sum, ticks) => sum + ticks, 0)
  return { busy, all: busy + idle + wait }
}

/** Percent of all processors between two readings. */
const machineBetween = (before: MachineUsage, after: MachineUsage): number =>
  (100 * (after.busy - before.busy)) / (after.all - before.all)

/** Usage during a measurement. */
export interface Used {
  /** Percent of one core: of the measured process, and of the load generator. */
  cpu: number
  generator: number
  /** Percent of all cores. */
  machine: number
  /** MB at the end. */
  memory: number
}

/** Measures for `duration` ms. */
export async function useOf(pid: number, generator: number, duration: number): Promise<Used> {
  const read = () => ({ one: usageOf(pid), other: usageOf(generator), machine: machineUsage() })
  const before = read()
  await new Promise((resolve) => setTimeout(resolve, duration))
  const after = read()
  return {
    cpu: cpuBetween(before.one, after.one),
    generator: cpuBetween(before.other, after.other),
    machine: machineBetween(before.machine, after.machine),
    memory: memoryOf(pid),
  }
}
