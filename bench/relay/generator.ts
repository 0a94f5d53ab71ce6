import { fork } from 'node:child_process'
import { resolve } from 'node:path'
import { endProcess } from '../program'
import type { LoadNews, LoadOrder, Relayed } from './load-orders'
import { useOf, type Used } from './usage'

type Order<K extends LoadOrder['kind']> = Omit<Extract<LoadOrder, { kind: K }>, 'kind'>

export interface Generator {
  pid: number
  /** Warms up, calls `measuring`, and then measures for `duration`. */
  relay(order: Order<'relay'>, measuring: () => void): Promise<Relayed>
  /** Time of each join, from opening the connection to the first key frame, ms. */
  join(order: Order<'join'>): Promise<number[]>
  close(): Promise<void>
}

/** The load generator's process, the same for all engines. */
export function startGenerator(): Generator {
  const child = fork(resolve('bench/relay/load.ts'), {
    execArgv: ['--import', 'tsx'],
    serialization: 'advanced',
  })
  const ask = (order: LoadOrder, measuring: () => void = () => {}): Promise<LoadNews> =>
    new Promise((resolve, reject) => {
      const died = (code: number | null): void => reject(new Error(`the load generator ended with ${code}`))
      const read = (news: LoadNews): void => {
        if (news.kind === 'measuring') return measuring()
        child.off('message', read)
        child.off('exit', died)
        if (news.kind === 'failed') reject(new Error(news.reason))
        else resolve(news)
      }
      child.on('message', read)
      child.once('exit', died)
      child.send(order)
    })
  return {
    pid: child.pid ?? 0,
    async relay(order, measuring) {
      const news = await ask({ kind: 'relay', ...order }, measuring)
      if (news.kind !== 'relayed') throw new Error(`the load generator answered ${news.kind}`)
      return news.relayed
    },
    async join(order) {
      const news = await ask({ kind: 'join', ...order })
      if (news.kind !== 'joined') throw new Error(`the load generator answered ${news.kind}`)
      return news.times
    },
    close: () => endProcess(child),
  }
}

/** Applies load to a process and measures its usage; `measuring` is called at the start of the measurement. */
export async function measureLoad(
  pid: number,
  generator: Generator,
  order: Order<'relay'>,
  measuring: () => void = () => {},
): Promise<{ used: Used; relayed: Relayed }> {
  let used: Promise<Used> | undefined
  const relayed = await generator.relay(order, () => {
    used = useOf(pid, generator.pid, order.duration)
    measuring()
  })
  if (!used) throw new Error('the load generator did not say when it measured')
  return { used: await used, relayed }
}
