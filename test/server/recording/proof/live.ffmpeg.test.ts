/** A call in real time over the whole service: members publish by RTMP and WebSocket, its files come over HTTP. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as pause } from 'node:timers/promises'
import type { ApiCall } from '../../../../miniprogram/netcall/http-api'
import { describeWithFfmpeg } from '../../../support/ffmpeg'
import { GatewayClient, plainLogin } from '../../../support/gateway-client'
import { flvUrl, publishRtmp, publishWs } from '../../../support/media-client'
import { startService, type TestService } from '../../../support/service'
import { SignalClient } from '../../../support/signal-client'
import { until } from '../../../support/until'
import { judge } from './judge'
import { memberOf } from './members'
import { eventsOf, isBeginning, isEnd, memberCount, stretchesOf, type Plan, type PlanEvent } from './plan'
import { sentIn } from './send'

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

/** So long the machine may stand still: what it moves is within the limits of the proof, ms. */
const STILL = 120
const TRIES = 4

let running: TestService
let folder: string
beforeAll(async () => {
  running = await startService()
  folder = mkdtempSync(join(tmpdir(), 'proof-'))
})
afterAll(async () => {
  await running.close()
  rmSync(folder, { recursive: true })
})

/** A member in the room, and by which protocol it publishes. */
async function enter(account: string, protocol: 'rtmp' | 'ws') {
  const token = await running.token(account)
  const signal = await SignalClient.open(`ws://127.0.0.1:${running.port}`, account, token)
  await signal.ask('createChannel', { channelName: 'proof', custom: '', webrtcEnable: true })
  const joined = await signal.request('joinChannel', { channelName: 'proof' })
  const cid = Number(joined['channelId'])
  const uid = Number(new Map(Object.entries(joined['accountUidMap'] ?? {})).get(account))
  const link = await GatewayClient.openAt(joined)
  const asked = { scene: 1, role: 0, recordAudio: 1, recordVideo: 1, recordType: '0' }
  const { userlist } = await link.ask('login', { ...plainLogin({ uid, cid, accid: account, token }), ...asked })
  const own = Array.isArray(userlist) ? userlist.find(({ accid }) => accid === account) : null
  const url = String(own?.url)
  return {
    cid,
    uid,
    publish: async () =>
      protocol === 'rtmp' ? await publishRtmp(url) : await publishWs(flvUrl(url, 'ws', `127.0.0.1:${running.port}`)),
    show: async (mode: 0 | 1) => void (await link.ask('updatePushMode', { uid, cid, mode })),
    leave: async () => void (await signal.request('hangup', { channelId: cid })),
    cut: () => [signal, link].forEach((client) => client.cut()),
  }
}
type Present = Awaited<ReturnType<typeof enter>>

/** Does one member's part; gives its events with the times at which they really happened. */
async function take(uid: number, member: Present, began: number): Promise<PlanEvent[]> {
  const now = (): number => (performance.now() - began) / 1000
  const wait = async (until: number): Promise<unknown> => await pause(Math.max(0, (until - now()) * 1000))
  const stretches = stretchesOf(PLAN, uid)
  const happened: PlanEvent[] = []
  let ended: Promise<void> = Promise.resolve()
  /** How late its present publication began. */
  let late = 0
  for (const [at, , act] of eventsOf(PLAN, uid)) {
    await wait(at + (isBeginning(act) ? 0 : late))
    if (act.startsWith('camera')) await member.show(act === 'camera on' ? 0 : 1)
    if (isBeginning(act)) {
      const publisher = await member.publish()
      late = now() - at
      const sent = stretches.filter(({ published }) => published === at)
      ended = (async (shift) => {
        for (const { type, timestamp, payload } of sentIn(sent, uid)) {
          if (at + shift + timestamp / 1000 > now() + 0.001) await wait(at + shift + timestamp / 1000)
          publisher.sendTag({ type, timestamp: Math.max(0, timestamp), payload })
        }
        await wait((sent.at(-1)?.to ?? at) + shift)
        publisher.close()
      })(late)
    }
    if (isEnd(act)) await ended
    happened.push([at + late, uid, act])
  }
  await ended
  return happened
}

/** A whole call: who was in it, what really happened when, and how long the machine stood still at most, ms. */
async function perform() {
  const members: Present[] = []
  for (let uid = 1; uid <= memberCount(PLAN); uid++)
    members.push(await enter(memberOf(uid).account, uid === 1 ? 'rtmp' : 'ws'))
  // Encoded before the call begins.
  for (const [index] of members.entries()) sentIn(stretchesOf(PLAN, index + 1), index + 1)
  const lag = monitorEventLoopDelay({ resolution: 10 })
  lag.enable()
  const began = performance.now()
  const happened = (
    await Promise.all(members.map(async (member, index) => await take(index + 1, member, began)))
  ).flat()
  const ends = (performance.now() - began) / 1000
  lag.disable()
  for (const member of members) await member.leave()
  return { members, happened, ends, stoodStill: lag.max / 1e6 }
}

/** What its files show otherwise than it happened. */
async function complaintsOf({ members, happened, ends }: Awaited<ReturnType<typeof perform>>): Promise<string[]> {
  const cid = members[0]?.cid ?? 0
  const seen = async (): Promise<ApiCall> => {
    const authorization = `Bearer ${await running.token(memberOf(1).account)}`
    return await (await fetch(`${running.url}/api/calls/${cid}`, { headers: { authorization } })).json()
  }
  await until(async () => (await seen()).recording.state === 'done', 'the recording')
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
  const first = Math.min(...happened.map(([at]) => at))
  const real = happened.map(([at, uid, act]): PlanEvent => [at - first, uid, act])
  const plan = { ...PLAN, events: real.toSorted(([a], [b]) => a - b), ends: ends - first }
  return await judge(plan, told, (name) => join(folder, name))
}

describeWithFfmpeg('a call in real time', () => {
  test('leaves files over HTTP that show what was sent, when it was sent', async () => {
    for (let left = TRIES; left > 0; left--) {
      const call = await perform()
      const complaints = await complaintsOf(call)
      for (const member of call.members) member.cut()
      // What the machine moved by standing still says nothing of the files.
      if (left > 1 && complaints.length > 0 && call.stoodStill > STILL) continue
      expect(complaints).toEqual([])
      return
    }
  })
})
