/** However a call ends, the service keeps nothing of it: no stream, no link, no call. */
import { flvUrl, isKeyFrame, playHttp } from '../../support/media-client'
import { startService, type TestService } from '../../support/service'
import { until } from '../../support/until'
import { publish, respond, ring, session } from './call'

let running: TestService
beforeEach(async () => {
  running = await startService({}, { channelTiming: { grace: 100 } })
})
afterEach(() => running.close())

async function gauges(): Promise<Record<string, string>> {
  const text = await (await fetch(`${running.url}/metrics`)).text()
  const lines = [...text.matchAll(/^netcall_(calls|gateway_links|streams|viewers) (\d+)$/gm)]
  return Object.fromEntries(lines.map(([, name, value]) => [name ?? '', value ?? '']))
}

/** A call in which both publish and play. */
async function talk() {
  const call = await ring(running)
  await respond(call)
  const alice = await session(running, call.cid, 'alice', { recordAudio: 1, recordType: '2' })
  const bob = await session(running, call.cid, 'bob')
  const publishers = [await publish(running, alice.pushUrl), await publish(running, bob.pushUrl)]
  const player = await playHttp(flvUrl(bob.playUrl, 'http', `127.0.0.1:${running.port}`))
  await player.tags.find(isKeyFrame)
  const cut = (): void => {
    for (const client of [call.alice, call.bob, alice.link, bob.link]) client.cut()
  }
  return { ...call, a: alice, b: bob, publishers, player, cut }
}
type Talk = Awaited<ReturnType<typeof talk>>

test.each<[string, (call: Talk) => unknown]>([
  ['a hang-up', ({ alice, cid }) => alice.request('hangup', { channelId: cid })],
  ['a logout', ({ a, cid }) => a.link.ask('logout', { uid: a.uid, cid })],
  ['a lost link', ({ b }) => b.link.cut()],
  ['all links lost', ({ cut }) => cut()],
])('nothing is left after %s', async (_, end) => {
  const call = await talk()
  expect(await gauges()).toMatchObject({ calls: '1', gateway_links: '2', streams: '2' })
  await end(call)
  await until(async () => Object.values(await gauges()).every((value) => value === '0'), 'nothing is left')
  for (const publisher of call.publishers) await publisher.inbox.closed()
  await call.player.tags.closed()
  call.cut()
})
