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
/** Durations of the measurements, ms. The participants' files are made in less, then the mix begins. */
const TIMES = { warmUp: 1_000, duration: 6_000 }
const FILES = { warmUp: 0, duration: 4_000 }

/** Delay of tags in live calls while the service makes files of another call, while it mixes it, and while it does neither. */
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
    const measure = async (times: Times): Promise<Measured> => measured(service, live, generator, times)
    say('live calls without a mix')
    const alone = await measure(TIMES)
    await room.leave()
    say('live calls beside the mix')
    const files = await measure(FILES)
    const begun = await progressOf(url)
    const mix = await measure(TIMES)
    const ended = await progressOf(url)
    await live.close()
    return report({ alone, files, mix }, [begun, ended])
  } finally {
    await generator.close()
    await service.close()
  }
}

interface Times {
  warmUp: number
  duration: number
}
interface Measured {
  delays: number[]
  cpu: number
}

async function measured(
  { pid }: RelayEngine,
  { streams }: OpenStreams,
  generator: ReturnType<typeof startGenerator>,
  times: Times,
): Promise<Measured> {
  const media = { kind: 'weighed', weight: CALL_WEIGHT } as const
  const { relayed, used } = await measureLoad(pid, generator, { streams, media, ...times })
  return { delays: relayed.delays, cpu: used.cpu }
}

/** Progress of the mix as text. */
async function progressOf(url: string): Promise<string> {
  const headers = { authorization: `Bearer ${await tokenOf(url, RECORDED.accounts[0] ?? '')}` }
  const answer: ApiCalls = await (await fetch(`${url}/api/calls`, { headers })).json()
  const { state, progress } = answer.calls[0]?.recording ?? { state: 'none', progress: null }
  return progress === null ? state : `${Math.round(progress * 100)} %`
}

function report(
  { alone, files, mix }: Record<'alone' | 'files' | 'mix', Measured>,
  [begun, ended]: readonly [string, string],
): string {
  const p95 = ({ delays }: Measured): number => percentile(delays, 95)
  const row = (name: string, measured: Measured): string[] => [
    name,
    ...[50, 95, 99].map((p) => fineMs(percentile(measured.delays, p))),
    measured === alone ? '' : `× ${(p95(measured) / p95(alone)).toFixed(2)}`,
    measured.cpu.toFixed(1),
  ]
  return [
    `${STREAMS} live streams beside a call of ${RECORDED.accounts.length} and ${RECORDED.length / 1000} s that has ended ` +
      `(its mix: ${begun} at the beginning of the last row, ${ended} at its end; goal: p95 at most × 1.2 beside the mix)`,
    '',
    table(
      ['', 'delay p50', 'delay p95', 'delay p99', 'p95 to alone', 'service CPU %'],
      [row('alone', alone), row('while its files are made, and the mix begins', files), row('while it is mixed', mix)],
    ),
  ].join('\n')
}
