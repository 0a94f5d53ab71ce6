/**
 * A call over the whole service: members publish by RTMP and WebSocket, files are downloaded over HTTP. The clock advances only when
 * everything sent so far has arrived, so that no machine is too slow.
 */
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ApiCall } from '../../../../miniprogram/netcall/http-api'
import type { MediaTag } from '../../../../server/media/types'
import { advance, controlClock, useRealTime } from '../../../support/clock'
import { describeWithFfmpeg } from '../../../support/ffmpeg'
import { GatewayClient, plainLogin } from '../../../support/gateway-client'
import { flvUrl, publishRtmp, publishWs } from '../../../support/media-client'
import { startService, type TestService } from '../../../support/service'
import { SignalClient } from '../../../support/signal-client'
import { until } from '../../../support/until'
import { judge } from './judge'
import { memberOf } from './members'
import { eventsOf, isBeginning, isEnd, memberCount, stretchesOf, type Act, type Plan } from './plan'
import { sentIn } from './send'
import { watch } from './watch'

/** The call is encoded, mixed and decoded, which is slow on a busy machine. */
jest.setTimeout(180_000)

const PLAN: Plan = {
  name: 'a room',
  asks: [{}],
  events: [
    [0, 1, 'joins'],
    [0.7, 2, 'joins'],
    [2.4, 2, 'is lost'],
    [3, 1, 'camera off'],
    [3.4, 2, 'returns'],
    [5, 1, 'camera on'],
  ],
  ends: 6.2,
}

/** Tags sent within this interval arrive together, ms. */
const STEP = 20

let running: TestService
let folder: string
beforeAll(async () => {
  controlClock()
  running = await startService()
  folder = mkdtempSync(join(tmpdir(), 'proof-'))
})
afterAll(async () => {
  useRealTime()
  await running.close()
  rmSync(folder, { recursive: true })
})

interface Publisher {
  send(tag: MediaTag): void
  /** Resolves when everything sent has arrived. */
  arrived(): Promise<unknown>
  close(): void
}
async function publishOver(protocol: 'rtmp' | 'ws', url: string): Promise<Publisher> {
  if (protocol === 'rtmp') {
    const client = await publishRtmp(url)
    return {
      send: (tag) => client.sendTag({ ...tag, timestamp: Math.max(0, tag.timestamp) }),
      arrived: async () => await client.call('releaseStream', null),
      close: () => client.close(),
    }
  }
  const client = await publishWs(flvUrl(url, 'ws', `127.0.0.1:${running.port}`))
  return {
    send: (tag) => client.sendTag({ ...tag, timestamp: Math.max(0, tag.timestamp) }),
    arrived: async () => {
      client.ws.ping()
      await once(client.ws, 'pong')
    },
    close: () => client.close(),
  }
}

/** A member in the room, and its protocol. */
async function enter(account: string, protocol: 'rtmp' | 'ws') {
  const token = await running.token(account)
  const signal = await SignalClient.open(`ws://127.0.0.1:${running.port}`, account, token)
  await signal.ask('createChannel', { channelName: 'proof', custom: '', webrtcEnable: true })
  const joined = await signal.request('joinChannel', { channelName: 'proof' })
  const cid = Number(joined['channelId'])
  const uid = Number(new Map(Object.entries(joined['accountUidMap'] ?? {})).get(account))
  const link = await GatewayClient.openAt(joined)
  const asked = { scene: 1, role: 0, recordAudio: 1, recordVideo: 1, recordType: '0' }
  const { userlist } = await link.ask('login', { ...plainLogin({ uid, cid, accid: account }), ...asked })
  const own = Array.isArray(userlist) ? userlist.find(({ accid }) => accid === account) : null
  return {
    cid,
    uid,
    publish: async () => await publishOver(protocol, String(own?.url)),
    show: async (mode: 0 | 1) => void (await link.ask('updatePushMode', { uid, cid, mode })),
    leave: async () => void (await signal.request('hangup', { channelId: cid })),
    cut: () => [signal, link].forEach((client) => client.cut()),
  }
}
type Present = Awaited<ReturnType<typeof enter>>

/** Number of the service's streams, by its own count. */
async function streams(): Promise<string> {
  const text = await (await fetch(`${running.url}/metrics`)).text()
  return /^netcall_streams \d+$/m.exec(text)?.[0] ?? ''
}

interface Moment {
  /** ms of the call. */
  at: number
  happens: () => Promise<unknown> | void
}

/** One member's part in the call. `publishers`: of all members that publish now. */
function momentsOf(uid: number, member: Present, publishers: Map<number, Publisher>): Moment[] {
  const stretches = stretchesOf(PLAN, uid)
  const moments: Moment[] = []
  const happens = async (act: Act): Promise<void> => {
    if (act.startsWith('camera')) await member.show(act === 'camera on' ? 0 : 1)
    if (isEnd(act)) {
      publishers.get(uid)?.close()
      publishers.delete(uid)
      await until(async () => (await streams()) === `netcall_streams ${publishers.size}`, 'the end of the stream')
    }
    if (isBeginning(act)) publishers.set(uid, await member.publish())
  }
  for (const [at, , act] of eventsOf(PLAN, uid)) {
    moments.push({ at: at * 1000, happens: async () => await happens(act) })
    if (!isBeginning(act)) continue
    for (const tag of sentIn(
      stretches.filter(({ published }) => published === at),
      uid,
    )) {
      const sent = Math.max(0, tag.timestamp)
      moments.push({ at: at * 1000 + sent, happens: () => publishers.get(uid)?.send(tag) })
    }
  }
  return moments
}

/** A whole call, step by step; returns its cid. */
async function perform(members: readonly Present[]): Promise<void> {
  const publishers = new Map<number, Publisher>()
  const moments = members
    .flatMap((member, index) => momentsOf(index + 1, member, publishers))
    .toSorted((a, b) => a.at - b.at)
  let now = 0
  const goTo = async (time: number): Promise<void> => {
    await Promise.all([...publishers.values()].map(async (publisher) => await publisher.arrived()))
    await advance(time - now)
    now = time
  }
  for (const { at, happens } of moments) {
    if (at >= now + STEP || (at > now && PLAN.events.some(([event]) => event * 1000 === at))) await goTo(at)
    await happens()
  }
  await goTo(PLAN.ends * 1000)
  for (const publisher of publishers.values()) publisher.close()
  await until(async () => (await streams()) === 'netcall_streams 0', 'the end of all streams')
}

/** Deviations of its files from the plan. */
async function complaintsOf(members: readonly Present[]): Promise<string[]> {
  const cid = members[0]?.cid ?? 0
  const authorization = `Bearer ${await running.token(memberOf(1).account)}`
  const seen = async (): Promise<ApiCall> =>
    await (await fetch(`${running.url}/api/calls/${cid}`, { headers: { authorization } })).json()
  await until(async () => {
    // Not faster than real time, because of ffmpeg.
    await advance(10)
    return (await seen()).recording.state === 'done'
  }, 'the recording')
  const { files, recording } = await seen()
  expect(recording.notes).toEqual([])
  for (const { filename, url } of files) {
    const answer = await fetch(new URL(url, running.url))
    writeFileSync(join(folder, filename), Buffer.from(await answer.arrayBuffer()))
  }
  const told = members.flatMap(({ uid }, index) =>
    files.filter((file) => file.uid === uid).map((file) => ({ ...file, uid: index + 1, pieceIndex: 0 })),
  )
  told.push(...files.filter(({ mix }) => mix).map((file) => ({ ...file, pieceIndex: 0 })))
  return await judge(PLAN, told, async (name) => await watch(join(folder, name)))
}

describeWithFfmpeg('a call over real connections', () => {
  test('files over HTTP show what was sent, at the time it was sent', async () => {
    const members: Present[] = []
    for (let uid = 1; uid <= memberCount(PLAN); uid++)
      members.push(await enter(memberOf(uid).account, uid === 1 ? 'rtmp' : 'ws'))
    await perform(members)
    for (const member of members) await member.leave()
    expect(await complaintsOf(members)).toEqual([])
    for (const member of members) member.cut()
  })
})
