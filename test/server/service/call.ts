import { once } from 'node:events'
import type { ApiCall } from '../../../miniprogram/netcall/http-api'
import type { GatewayLogin } from '../../../miniprogram/netcall/protocol'
import { GatewayClient, plainLogin } from '../../support/gateway-client'
import { flvUrl, publishWs, syntheticStream, type StreamOptions } from '../../support/media-client'
import type { Json } from '../../support/json-client'
import type { Reachable } from '../../support/service-process'
import { realTimeout } from '../../support/real-time'
import { SignalClient } from '../../support/signal-client'
import { until } from '../../support/until'

const wsUrl = ({ port }: Reachable): string => `ws://127.0.0.1:${port}`

/** Two signed-in devices; alice calls bob. */
export async function ring(running: Reachable, type: 1 | 2 = 2) {
  const device = async (account: string) => SignalClient.open(wsUrl(running), account, await running.token(account))
  const alice = await device('alice')
  const bob = await device('bob')
  const answer = await alice.request('initNetcall', { type, accounts: ['bob'], pushConfig: {}, webrtcEnable: true })
  const cid = Number(answer['channelId'])
  const ways: Ways = { alice: answer, bob: await bob.next('beCalled') }
  return { alice, bob, cid, type, ways }
}
type RingingCall = Awaited<ReturnType<typeof ring>>

/** Bob's answer. */
export async function respond({ alice, bob, cid, type }: RingingCall, accepted = true): Promise<void> {
  await bob.request('calleeAck', { account: 'alice', channelId: cid, type, accepted })
  await alice.next('notifyCalleeAck')
}

/** By account: the IM answer or notification with the gateway's URL. */
export type Ways = Record<string, Json>

/** A media session: its push URL, and the play URL of the first other member. */
export async function session(ways: Ways, account: string, more: Partial<GatewayLogin> = {}) {
  const way = ways[account] ?? {}
  const cid = Number(way['channelId'])
  const uid = Number(new Map(Object.entries(way['accountUidMap'] ?? {})).get(account))
  const link = await GatewayClient.openAt(way)
  const answer = await link.ask('login', { ...plainLogin({ uid, cid, accid: account }), ...more })
  const [own, other] = Array.isArray(answer['userlist']) ? answer['userlist'] : []
  return { link, uid, cid, pushUrl: String(own?.url), playUrl: String(other?.url) }
}

/** Publishes 2 s of audio and video at once; returns the publisher, still connected, when all has arrived. */
export async function publish(running: Reachable, pushUrl: string, options: StreamOptions = {}) {
  const publisher = await publishWs(flvUrl(pushUrl, 'ws', `127.0.0.1:${running.port}`))
  for (const tag of syntheticStream({ duration: 2000, ...options })) publisher.sendTag(tag)
  publisher.ws.ping()
  await once(publisher.ws, 'pong')
  return publisher
}

/** Poll interval of a record, ms: each request takes CPU time. */
const PAUSE = 50

/** A call's record, once its files are made or have failed. */
export async function recordOf(running: Reachable, cid: number): Promise<ApiCall> {
  const headers = { authorization: `Bearer ${await running.token('alice')}` }
  const look = async (): Promise<ApiCall> => await (await fetch(`${running.url}/api/calls/${cid}`, { headers })).json()
  await until(async () => {
    await new Promise((resolve) => realTimeout(resolve, PAUSE))
    return ['done', 'failed'].includes((await look()).recording.state)
  }, `the record of call ${cid}`)
  return await look()
}
