/** However a call ends, the service keeps nothing of it: no stream, no connection, no call. */
import { CHANNEL_TIMING } from '../../../server/channels/channels'
import { advance, controlClock, useRealTime } from '../../support/clock'
import { flvUrl, isKeyFrame, playHttp } from '../../support/media-client'
import { startService, type TestService } from '../../support/service'
import { until } from '../../support/until'
import { publish, respond, ring, session } from './call'

let running: TestService
beforeEach(async () => {
  controlClock()
  running = await startService()
})
afterEach(async () => {
  await running.close()
  useRealTime()
})

async function gauges(): Promise<Record<string, string>> {
  const text = await (await fetch(`${running.url}/metrics`)).text()
  const lines = [...text.matchAll(/^netcall_(calls|gateway_connections|streams|viewers) (\d+)$/gm)]
  return Object.fromEntries(lines.map(([, name, value]) => [name ?? '', value ?? '']))
}

/** A call in which both publish and play. */
async function talk() {
  const call = await ring(running)
  await respond(call)
  const alice = await session(call.ways, 'alice', { recordAudio: 1, recordType: '2' })
  const bob = await session(call.ways, 'bob')
  const publishers = [await publish(running, alice.pushUrl), await publish(running, bob.pushUrl)]
  const player = await playHttp(flvUrl(bob.playUrl, 'http', `127.0.0.1:${running.port}`))
  await player.tags.find(isKeyFrame)
  const cut = (): void => {
    for (const client of [call.alice, call.bob, alice.link, bob.link]) client.cut()
  }
  return { ...call, a: alice, b: bob, publishers, player, cut }
}
type Talk = Awaited<ReturnType<typeof talk>>

/** Until that many sessions are connected: the others are lost, and the call waits for them. */
async function missed(connected: number): Promise<void> {
  await until(
    async () => (await gauges())['gateway_connections'] === String(connected),
    'the lost connection to be noticed',
  )
  await advance(CHANNEL_TIMING.grace - 1)
  expect(await gauges()).toMatchObject({ calls: '1' })
  await advance(1)
}

test.each<[string, (call: Talk) => unknown]>([
  ['a hang-up', ({ alice, cid }) => alice.request('hangup', { channelId: cid })],
  ['a logout', ({ a, cid }) => a.link.ask('logout', { uid: a.uid, cid })],
  [
    'a lost connection',
    async ({ b }) => {
      b.link.cut()
      await missed(1)
    },
  ],
  [
    'all connections lost',
    async ({ cut }) => {
      cut()
      await missed(0)
    },
  ],
])('no resource is left after %s', async (_, end) => {
  const call = await talk()
  expect(await gauges()).toMatchObject({ calls: '1', gateway_connections: '2', streams: '2' })
  await end(call)
  await until(async () => Object.values(await gauges()).every((value) => value === '0'), 'nothing is left')
  for (const publisher of call.publishers) await publisher.inbox.closed()
  await call.player.tags.closed()
  call.cut()
})
