import { fork } from 'node:child_process'
import { resolve } from 'node:path'
import { endProcess } from '../program'
import type { StreamUrls } from './engine'
import type { LoadNews, LoadOrder } from './load-orders'

export interface Generator {
  pid: number
  /** Warms up, calls `measuring`, and measures for `duration` from then on. */
  relay(
    order: { streams: StreamUrls[]; warmUp: number; duration: number },
    measuring: () => void,
  ): Promise<{ delays: number[]; missing: number }>
  /** ms of each join, from opening the connection to the first key frame. */
  join(order: { push: string; play: string; joins: number }): Promise<number[]>
  close(): Promise<void>
}

/** The load generator's process; the same one serves every engine. */
export function startGenerator(): Generator {
  const child = fork(resolve('test/bench/relay/load.ts'), {
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
      return news
    },
    async join(order) {
      const news = await ask({ kind: 'join', ...order })
      if (news.kind !== 'joined') throw new Error(`the load generator answered ${news.kind}`)
      return news.times
    },
    close: () => endProcess(child),
  }
}
