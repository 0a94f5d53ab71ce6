import type { ApiCalls } from '../../miniprogram/netcall/http-api'
import { readClip } from '../relay/clip'
import { tokenOf } from '../relay/accounts'
import { measureLoad, startGenerator } from '../relay/generator'
import type { OpenStreams, RelayEngine } from '../relay/engine'
import { Room } from '../relay/room'
import { startServiceEngine } from '../relay/service'
import { CALL_WEIGHT } from '../relay/weighed-stream'
import { percentile } from '../statistics'
import { fineMs, table } from '../table'
import { callClip } from './clip'

const STREAMS = 10
const RECORDED = { room: 'recorded', accounts: Array.from({ length: 9 }, (_, n) => `mixed-${n + 1}`), length: 75_000 }
const TIMES = { warmUp: 1_000, duration: 6_000 }

/** Delay of tags in live calls while the service mixes another call, and while it does not. */
export async function liveDelay(say: (text: string) => void): Promise<string> {
  const clip = await callClip(10)
  if (!clip) return 'Live calls beside a mix: skipped, for there is no ffmpeg.'
  const service = await startServiceEngine()
  const generator = startGenerator()
  try {
    say('live calls beside a mix: a call to mix')
    const url = `http://${service.http}`
    const recorded = { recordAudio: 1, recordVideo: 1, recordType: '1' } as const
    const room = await Room.open(url, RECORDED.room, RECORDED.accounts, recorded)
    const media = { kind: 'clip', clip: readClip(clip) } as const
    await measureLoad(service.pid, generator, { streams: room.streams, media, warmUp: 0, duration: RECORDED.length })
    const live = await service.open(STREAMS)
    const measure = async (): Promise<Measured> => measured(service, live, generator)
    say('live calls without a mix')
    const alone = await measure()
    await room.leave()
    say('live calls beside the mix')
    const begun = await progressOf(url)
    const beside = await measure()
    const ended = await progressOf(url)
    await live.close()
    return report(alone, beside, [begun, ended])
  } finally {
    await generator.close()
    await service.close()
  }
}

interface Measured {
  delays: number[]
  cpu: number
}

async function measured(
  { pid }: RelayEngine,
  { streams }: OpenStreams,
  generator: ReturnType<typeof startGenerator>,
): Promise<Measured> {
  const media = { kind: 'weighed', weight: CALL_WEIGHT } as const
  const { relayed, used } = await measureLoad(pid, generator, { streams, media, ...TIMES })
  return { delays: relayed.delays, cpu: used.cpu }
}

/** Progress of the mix as text. */
async function progressOf(url: string): Promise<string> {
  const headers = { authorization: `Bearer ${await tokenOf(url, RECORDED.accounts[0] ?? '')}` }
  const answer: ApiCalls = await (await fetch(`${url}/api/calls`, { headers })).json()
  const { state, progress } = answer.calls[0]?.recording ?? { state: 'none', progress: null }
  return progress === null ? state : `${Math.round(progress * 100)} %`
}

function report(alone: Measured, beside: Measured, [begun, ended]: readonly [string, string]): string {
  const row = (name: string, { delays, cpu }: Measured): string[] => [
    name,
    ...[50, 95, 99].map((p) => fineMs(percentile(delays, p))),
    cpu.toFixed(1),
  ]
  const ratio = percentile(beside.delays, 95) / percentile(alone.delays, 95)
  return [
    `${STREAMS} live streams while a call of ${RECORDED.accounts.length} and ${RECORDED.length / 1000} s is mixed ` +
      `(the mix: ${begun} at the beginning, ${ended} at the end; goal: p95 at most × 1.2)`,
    '',
    table(
      ['', 'delay p50', 'delay p95', 'delay p99', 'service CPU %'],
      [row('without a mix', alone), row('beside it', beside), ['ratio of p95', '', `× ${ratio.toFixed(2)}`, '', '']],
    ),
  ].join('\n')
}
