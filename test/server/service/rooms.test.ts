/** Rooms with real media: permissions to play and publish over time, and recordings. */
import { CHANNEL_TIMING } from '../../../server/channels/channels'
import type { GatewayLogin } from '../../../miniprogram/netcall/protocol'
import { advance, controlClock, useRealTime } from '../../support/clock'
import { GatewayClient, plainLogin } from '../../support/gateway-client'
import type { JsonClient } from '../../support/json-client'
import { flvUrl, keyFrame, playHttp, playRtmp, playWs } from '../../support/media-client'
import { startService, type TestService } from '../../support/service'
import { SignalClient } from '../../support/signal-client'
import { until } from '../../support/until'
import { publish } from './call'

const ROOM = 'standup'
/** Heartbeat interval of a staying member, ms. */
const STEP = 5_000
let running: TestService
let clients: JsonClient[]
beforeEach(async () => {
  clients = []
  controlClock()
  running = await startService()
})
afterEach(async () => {
  for (const client of clients) client.cut()
  await running.close()
  useRealTime()
})

async function device(account: string): Promise<SignalClient> {
  const client = await SignalClient.open(`ws://127.0.0.1:${running.port}`, account, await running.token(account))
  clients.push(client)
  return client
}

/** Joins the room, creating it if missing. */
async function enter(account: string, more: Partial<GatewayLogin> = {}) {
  const signal = await device(account)
  await signal.ask('createChannel', { channelName: ROOM, custom: '', webrtcEnable: true })
  const joined = await signal.request('joinChannel', { channelName: ROOM })
  const cid = Number(joined['channelId'])
  const uid = Number(new Map(Object.entries(joined['accountUidMap'] ?? {})).get(account))
  const link = await GatewayClient.openAt(joined)
  clients.push(link)
  const login = plainLogin({ uid, cid, accid: account })
  const { code, userlist } = await link.ask('login', { ...login, scene: 1, role: 0, ...more })
  if (code !== 200 || !Array.isArray(userlist)) throw new Error(`${account} was not admitted: ${String(code)}`)
  const urls = new Map(userlist.map(({ accid, url }) => [String(accid), String(url)]))
  const urlOf = (other: string): string => urls.get(other) ?? ''
  return { signal, link, cid, uid, urlOf, leave: () => signal.request('hangup', { channelId: cid }) }
}

const authority = () => `127.0.0.1:${running.port}`
const players = {
  RTMP: (url: string) => playRtmp(url),
  'HTTP-FLV': (url: string) => playHttp(flvUrl(url, 'http', authority())),
  'FLV over WebSocket': (url: string) => playWs(flvUrl(url, 'ws', authority())),
}

describe.each(Object.entries(players))('a viewer over %s', (_, play) => {
  test('stops when it leaves the room; others continue; the URLs of its next session work', async () => {
    const alice = await enter('alice')
    const [bob, carol] = [await enter('bob'), await enter('carol')]
    const publisher = await publish(running, alice.urlOf('alice'))
    const [leaving, staying] = [await play(bob.urlOf('alice')), await play(carol.urlOf('alice'))]
    await bob.leave()
    await leaving.tags.closed()
    await expect(play(bob.urlOf('alice'))).rejects.toThrow(/403|left the call/)
    await expect(publish(running, bob.urlOf('bob'))).rejects.toThrow('403')

    const again = await enter('bob')
    const returned = await play(again.urlOf('alice'))
    await expect(play(bob.urlOf('alice'))).rejects.toThrow(/403|left the call/)
    await expect(publish(running, bob.urlOf('bob'))).rejects.toThrow('403')
    await returned.tags.find(({ type }) => type === 9)
    publisher.sendTag(keyFrame(9_000))
    const seen = staying.tags.items.length
    await staying.tags.find(({ type }) => type === 9, seen)
    for (const one of [publisher, returned, staying]) one.close()
  })

  test('a member whose connection was lost keeps playing until the grace time has ended', async () => {
    const [alice, bob] = [await enter('alice'), await enter('bob')]
    const publisher = await publish(running, alice.urlOf('alice'))
    const player = await play(bob.urlOf('alice'))
    await player.tags.find(({ type }) => type === 9)
    bob.link.cut()
    const sessions = async () =>
      (await (await fetch(`${running.url}/metrics`)).text()).includes('gateway_connections 1\n')
    await until(sessions, 'the lost connection to be noticed')
    for (let gone = 0; gone < CHANNEL_TIMING.grace; gone += STEP) {
      const seen = player.tags.items.length
      publisher.sendTag(keyFrame(2_000 + gone))
      await player.tags.find(({ type }) => type === 9, seen)
      await alice.link.ask('heartbeat', { uid: alice.uid, cid: alice.cid })
      await advance(STEP)
    }
    await alice.link.next('clientLeave')
    await player.tags.closed()
    await expect(play(bob.urlOf('alice'))).rejects.toThrow(/403|left the call/)
    publisher.close()
  })
})

test('a replaced device cannot publish; viewers of the account continue', async () => {
  const [bob, old] = [await enter('bob'), await enter('alice')]
  const { url } = await bob.link.next('clientJoin')
  const first = await publish(running, old.urlOf('alice'))
  const player = await playHttp(flvUrl(String(url), 'http', authority()))
  await player.tags.find(({ type }) => type === 9)
  const fresh = await enter('alice')
  await first.inbox.closed()
  await expect(publish(running, old.urlOf('alice'))).rejects.toThrow('403')
  await expect(playHttp(flvUrl(old.urlOf('bob'), 'http', authority()))).rejects.toThrow('403')
  const seen = player.tags.items.length
  const second = await publish(running, fresh.urlOf('alice'))
  await player.tags.find(({ type }) => type === 9, seen)
  for (const one of [player, second]) one.close()
})

test('audience cannot publish with any URL', async () => {
  const host = await enter('alice')
  const bob = await enter('bob')
  await bob.leave()
  const listener = await enter('bob', { role: 1 })
  expect(listener.urlOf('bob')).toBe('')
  const play = listener.urlOf('alice')
  const own = bob.urlOf('bob')
  const forged = {
    'a play address with another action': play.replace('action=play', 'action=publish'),
    'a play address of its own stream': play
      .replace(`-${host.uid}?`, `-${bob.uid}?`)
      .replace('action=play', 'action=publish'),
    'its address from when it was host': own,
    'that one, as for its present stay': own.replace(/for=[^&]*/, `for=${new URL(play).searchParams.get('for') ?? ''}`),
  }
  for (const [what, url] of Object.entries(forged)) {
    await expect(publish(running, url).then(() => what)).rejects.toThrow(/403/)
  }
})
