/** An audio call that becomes a video call, and an audio call again: streams, viewers, files, callback. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { NETCALL_MODE } from '../../../miniprogram/netcall/constants'
import { encodeAmfMetadata } from '../../../server/media/amf0'
import {
  audioFrame,
  flvUrl,
  isKeyFrame,
  playHttp,
  playRtmp,
  syntheticStream,
  type StreamOptions,
} from '../../support/media-client'
import { startService, type TestService } from '../../support/service'
import { until } from '../../support/until'
import { readMedia } from '../recording/read-media'
import { publish, respond, ring, session } from './call'

let running: TestService
beforeEach(async () => {
  running = await startService()
})
afterEach(() => running.close())

const AUDIO = NETCALL_MODE.NETCALL_MODE_ONLY_AUDIO
const AUDIO_VIDEO = NETCALL_MODE.NETCALL_MODE_AUDIO_VIDEO
const recorded = { recordAudio: 1, recordVideo: 1, recordType: '2', mode: AUDIO } as const
const PART = 2_000
const sound = { video: false }

interface Seen {
  type: number
  recording: { state: string }
  files: { filename: string; kind: string; account: string }[]
}
async function callOf(cid: number): Promise<Seen> {
  const response = await fetch(`${running.url}/api/calls/${cid}`, {
    headers: { authorization: `Bearer ${await running.token('alice')}` },
  })
  return response.json()
}
async function toldTypes(): Promise<string[]> {
  const response = await fetch(`${running.url}/api/callbacks`)
  const { callbacks }: { callbacks: { eventType: string; body: string }[] } = await response.json()
  return callbacks.filter(({ eventType }) => eventType === '5').map(({ body }) => JSON.parse(body).type)
}

/** Alice's call, with bob's media session, too. */
async function audioCall() {
  const call = await ring(running, 1)
  await respond(call)
  const alice = await session(call.ways, 'alice', recorded)
  const bob = await session(call.ways, 'bob', { mode: AUDIO })
  const end = async (): Promise<Seen> => {
    await call.alice.request('hangup', { channelId: call.cid })
    await until(async () => (await callOf(call.cid)).recording.state === 'done', 'the files')
    await until(async () => (await toldTypes()).length === 1, 'the callback')
    for (const client of [call.alice, call.bob, alice.link, bob.link]) client.cut()
    return callOf(call.cid)
  }
  const push = (options: StreamOptions = {}) => publish(running, alice.pushUrl, { duration: PART, ...options })
  const show = async (mode: 0 | 1) =>
    expect(await alice.link.ask('updatePushMode', { uid: alice.uid, cid: call.cid, mode })).toEqual({ code: 200 })
  return { cid: call.cid, uid: alice.uid, bob, end, push, show }
}

test('an audio call has audio only, although video was requested', async () => {
  const { push, end } = await audioCall()
  await push(sound)
  const call = await end()
  expect(call.type).toBe(1)
  expect(call.files.map(({ kind }) => kind)).toEqual(['aac'])
  expect(await toldTypes()).toEqual(['AUDIO'])
})

test('from audio to video and back: the newest publisher wins each time, and each kind has one file', async () => {
  const { cid, uid, bob, push, show, end } = await audioCall()
  const flv = flvUrl(bob.playUrl, 'http', `127.0.0.1:${running.port}`)
  const rtmp = await playRtmp(bob.playUrl)
  const http = await playHttp(flv)

  const first = await push(sound)
  // Announces that there is no video, so that the viewer does not wait for it.
  first.sendTag({
    type: 18,
    timestamp: PART,
    payload: encodeAmfMetadata('onMetaData', { hasAudio: true, hasVideo: false, audiocodecid: 10 }),
  })
  first.sendTag(audioFrame(PART))
  await Promise.all([rtmp.tags.collect(5), http.tags.collect(1)])
  await show(AUDIO_VIDEO)
  // For the service the first one has not ended.
  const second = await push()
  await first.inbox.closed()
  await rtmp.tags.find(isKeyFrame)
  await http.tags.closed()
  const again = await playHttp(flv)
  await again.tags.find(isKeyFrame)

  await show(AUDIO)
  const third = await push(sound)
  // The member log has the times of video, which the mix shows.
  const presence = join(running.dataDir, 'recordings', String(cid), 'spool', String(uid), 'presence')
  const told = (): string[] => readFileSync(presence, 'utf8').trim().split('\n')
  await until(() => existsSync(presence) && told().length === 3, 'what is noted of her camera')
  expect(told().map((line) => line.replace(/^\d{13} /, ''))).toEqual(['sound', 'picture', 'sound'])
  await second.inbox.closed()
  expect(rtmp.tags.closedBecause).toBeNull()

  const call = await end()
  await third.inbox.closed()
  expect(call.type).toBe(2)
  expect(await toldTypes()).toEqual(['VEDIO'])
  expect(call.files.map(({ kind, account }) => [account, kind])).toEqual([
    ['alice', 'aac'],
    ['alice', 'mp4'],
  ])
  const [aac, mp4] = await Promise.all(
    call.files.map(({ filename }) => readMedia(join(running.dataDir, 'recordings', String(cid), filename))),
  )
  // Audio from end to end; video only in the middle, where it was sent.
  const video = [...syntheticStream({ duration: PART })].filter(({ type }) => type === 9).length - 1
  expect(aac?.duration).toBeGreaterThan((3 * PART) / 1000 - 0.2)
  expect(mp4?.audio?.times.at(-1)).toBeGreaterThan((3 * PART) / 1000 - 0.2)
  expect(mp4?.video?.times.length).toBeGreaterThanOrEqual(video)
  expect(mp4?.video?.times[0]).toBeGreaterThan(PART / 1000 - 0.2)
})
