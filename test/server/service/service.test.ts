import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import type { FrameAccount } from '../../../server/recording/frame-account'
import { openStore } from '../../../server/store/store'
import { SignalClient } from '../../support/signal-client'
import { startService, type TestService } from '../../support/service'
import { until } from '../../support/until'
import { publish, respond, ring, session } from './call'

let running: TestService
beforeEach(async () => {
  running = await startService()
})
afterEach(() => running.close())

interface Seen {
  endReason: string | null
  recording: { state: string; notes: { code: string }[]; frames: FrameAccount[] }
  files: { filename: string; url: string; size: number; md5: string; kind: string }[]
  callbacks: { eventType: string; state: string }[]
}
const callOf = async (cid: number, account = 'alice'): Promise<Seen> => {
  const response = await fetch(`${running.url}/api/calls/${cid}`, {
    headers: { authorization: `Bearer ${await running.token(account)}` },
  })
  return response.json()
}
const received = async (): Promise<{ eventType: string; valid: boolean; body: string }[]> => {
  const response = await fetch(`${running.url}/api/callbacks`)
  return (await response.json()).callbacks
}
const recorded = { recordAudio: 1, recordVideo: 1, recordType: '2' } as const

describe('a recorded call', () => {
  it('produces files and three signed callbacks', async () => {
    const call = await ring(running)
    const { cid } = call
    await respond(call)
    const alice = await session(call.ways, 'alice', recorded)
    const bob = await session(call.ways, 'bob')
    await publish(running, alice.pushUrl)
    expect(await (await fetch(`${running.url}/metrics`)).text()).toContain('netcall_streams 1\n')
    expect((await callOf(cid)).recording.state).toBe('live')
    await call.alice.request('hangup', { channelId: cid })
    await call.bob.next('notifyHangup')

    await until(async () => (await received()).length === 3, 'three callbacks')
    const ended = await callOf(cid, 'bob')
    expect(ended).toMatchObject({ endReason: 'hangup', recording: { state: 'done', notes: [] } })
    expect(ended.files.map(({ kind }) => kind)).toEqual(['aac', 'mp4'])
    const [{ audio } = { audio: null }] = ended.recording.frames
    expect(audio).toMatchObject({ received: audio?.written, dropped: {} })
    const metrics = await (await fetch(`${running.url}/metrics`)).text()
    expect(metrics).toContain(`netcall_recording_frames_total{track="audio",fate="written"} ${audio?.written}\n`)
    await until(async () => (await callOf(cid)).callbacks.every(({ state }) => state === 'sent'))

    const [files, duration, started] = await received()
    expect([started?.eventType, started?.valid]).toEqual(['20', true])
    expect(JSON.parse(started?.body ?? '')).toMatchObject({
      eventType: 20,
      callType: 2,
      fromAccount: 'alice',
      toAccountList: ['bob'],
      forceKeepCalling: false,
    })
    expect([duration?.eventType, duration?.valid]).toEqual(['5', true])
    expect([files?.eventType, files?.valid]).toEqual(['6', true])
    const said = JSON.parse(duration?.body ?? '')
    expect(said).toMatchObject({ channelId: String(cid), type: 'VEDIO', status: 'SUCCESS', live: '0' })
    expect(JSON.parse(said.members).map(({ accid }: { accid: string }) => accid)).toEqual(['alice', 'bob'])
    for (const { url, md5, filename, channelid } of JSON.parse(JSON.parse(files?.body ?? '').fileinfo)) {
      const bytes = Buffer.from(await (await fetch(url)).arrayBuffer())
      expect(createHash('md5').update(bytes).digest('hex')).toBe(md5)
      expect(channelid).toBe(String(cid))
      expect(filename).toMatch(new RegExp(`^0-${cid}-\\d+-${alice.uid}\\.(aac|mp4)$`))
    }
    for (const client of [call.alice, call.bob, alice.link, bob.link]) client.cut()
  })

  it('is deleted by each member separately, and completely by the last', async () => {
    const call = await ring(running)
    const { cid } = call
    await respond(call)
    const alice = await session(call.ways, 'alice', recorded)
    const bob = await session(call.ways, 'bob')
    await publish(running, alice.pushUrl)
    const remove = async (account: string): Promise<number> => {
      const headers = { authorization: `Bearer ${await running.token(account)}` }
      return (await fetch(`${running.url}/api/calls/${cid}`, { method: 'DELETE', headers })).status
    }
    expect(await remove('alice')).toBe(409)
    await call.alice.request('hangup', { channelId: cid })
    await until(async () => (await received()).length === 3, 'three callbacks')
    const [file] = (await callOf(cid)).files
    const own = `/recordings/${cid}/${file?.filename}`
    expect((await running.get(`/api/calls/${cid}`, 'carol')).status).toBe(404)
    expect(await remove('carol')).toBe(404)

    expect(await remove('alice')).toBe(200)
    expect(await remove('alice')).toBe(404)
    expect(await running.get('/api/calls', 'alice')).toMatchObject({ body: { calls: [] } })
    expect(await running.get('/api/recordings', 'alice')).toMatchObject({ body: { recordings: [] } })
    expect((await running.get(own, 'alice')).status).toBe(404)
    // Bob still has it, and the URL that the app's server got is for alice's account.
    expect((await callOf(cid, 'bob')).files).toHaveLength(2)
    expect((await fetch(running.url + file?.url)).status).toBe(200)

    expect(await remove('bob')).toBe(200)
    await until(() => !existsSync(`${running.dataDir}/recordings/${cid}`), 'the files to go')
    expect((await running.get(`/api/calls/${cid}`, 'bob')).status).toBe(404)
    expect((await fetch(running.url + file?.url)).status).toBe(403)
    for (const client of [call.alice, call.bob, alice.link, bob.link]) client.cut()
  })

  it('disconnects its publisher at the end, and admits only its members', async () => {
    const call = await ring(running)
    await expect(session(call.ways, 'bob').then(({ pushUrl }) => publish(running, pushUrl))).rejects.toThrow()
    await respond(call)
    const alice = await session(call.ways, 'alice')
    const publisher = await publish(running, alice.pushUrl)
    await call.bob.request('hangup', { channelId: call.cid })
    await publisher.inbox.closed()
    await expect(publish(running, alice.pushUrl)).rejects.toThrow('403')
    for (const client of [call.alice, call.bob, alice.link]) client.cut()
  })
})

describe('an unanswered call', () => {
  it.each([
    ['rejected', async (call: Awaited<ReturnType<typeof ring>>) => respond(call, false)],
    [
      'cancelled',
      async ({ alice, cid }: Awaited<ReturnType<typeof ring>>) =>
        void (await alice.request('hangup', { channelId: cid })),
    ],
  ])('is %s, and produces no files and only the start callback', async (reason, end) => {
    const call = await ring(running)
    await end(call)
    await until(async () => (await callOf(call.cid)).endReason === reason)
    expect(await callOf(call.cid)).toMatchObject({ recording: { state: 'none' }, files: [] })
    await until(async () => (await received()).length > 0)
    expect(await received()).toMatchObject([{ eventType: '20', cid: call.cid }])
    expect((await callOf(call.cid)).callbacks).toMatchObject([{ eventType: '20', state: 'sent' }])
    call.alice.cut()
    call.bob.cut()
  })
})

describe('a room', () => {
  it('stops the stream of a member that left, and continues for the others', async () => {
    const base = `ws://127.0.0.1:${running.port}`
    const device = async (account: string) => SignalClient.open(base, account, await running.token(account))
    const devices = [await device('alice'), await device('bob')]
    await devices[0]?.request('createChannel', { channelName: 'team', custom: '', webrtcEnable: true })
    const joined = await Promise.all(devices.map((each) => each.request('joinChannel', { channelName: 'team' })))
    const cid = Number(joined[0]?.['channelId'])
    const room = { scene: 1, role: 0 } as const
    const alice = await session({ alice: joined[0] ?? {} }, 'alice', room)
    const bob = await session({ bob: joined[1] ?? {} }, 'bob', room)
    const [leaving, staying] = [await publish(running, alice.pushUrl), await publish(running, bob.pushUrl)]
    await alice.link.ask('logout', { uid: alice.uid, cid })
    await leaving.inbox.closed()
    await expect(publish(running, alice.pushUrl)).rejects.toThrow('403')
    expect(staying.ws.readyState).toBe(staying.ws.OPEN)
    for (const client of [...devices, alice.link, bob.link]) client.cut()
  })
})

const restart = async (): Promise<void> => {
  await running.stop()
  running = await startService({ dataDir: running.dataDir })
}

describe('a restart', () => {
  it('keeps tokens, uids and calls; a running call is ended and reported', async () => {
    const token = await running.token('alice')
    const call = await ring(running)
    await respond(call)
    const alice = await session(call.ways, 'alice', recorded)
    await publish(running, alice.pushUrl)
    await restart()
    expect((await running.get(`/api/calls?token=${token}`)).status).toBe(200)
    await until(async () => (await received()).length === 3, 'three callbacks')
    const ended = await callOf(call.cid)
    expect(ended).toMatchObject({ endReason: 'service-stopped', recording: { state: 'done' } })
    expect(ended.files.length).toBeGreaterThan(0)
    for (const client of [call.alice, call.bob, alice.link]) client.cut()
  })

  it('ends what a killed service left, and sends its callbacks once', async () => {
    const { dataDir } = running
    await running.stop()
    const store = openStore(`${dataDir}/calls.db`)
    const call = {
      scene: 0,
      type: 1,
      name: null,
      caller: 'alice',
      custom: '',
      createdAt: 1000,
      endedAt: null,
      endReason: null,
    } as const
    store.insertCall({ ...call, cid: 7, answeredAt: 2000, recording: 'live', notes: [], frames: [] })
    store.insertCall({ ...call, cid: 8, answeredAt: null, recording: 'none', notes: [], frames: [] })
    store.insertCall({ ...call, cid: 9, answeredAt: 2000, recording: 'none', notes: [], frames: [] })
    // Crashed before the end was stored.
    store.enqueue({ cid: 9, eventType: '5', body: '{"eventType":"5","channelId":9}', now: 0 })
    for (const cid of [7, 8, 9]) {
      const request = { audio: true, video: false, live: false, type: '0', hostSpeaker: false } as const
      store.saveMember({
        cid,
        account: 'alice',
        uid: store.uidOf('alice'),
        joinedAt: 5000,
        leftAt: null,
        absent: 0,
        request,
      })
    }
    store.close()
    running = await startService({ dataDir })
    await until(async () => (await received()).length === 3)
    expect(await callOf(7)).toMatchObject({ endReason: 'service-stopped', endedAt: 5000, duration: 3000 })
    await until(async () => (await callOf(7)).recording.state === 'done')
    // Never answered, but its caller had entered.
    expect(await callOf(8)).toMatchObject({ endReason: 'service-stopped', callbacks: [{ eventType: '5' }] })

    await restart()
    expect((await callOf(7)).callbacks).toMatchObject([{ eventType: '5', state: 'sent' }])
    expect((await callOf(9)).callbacks).toMatchObject([{ eventType: '5', state: 'sent' }])
    expect(await received()).toHaveLength(3)
  })
})

describe('a data directory', () => {
  it("belongs to one service at a time: a second one does not touch the first one's calls", async () => {
    const call = await ring(running)
    await respond(call)
    await expect(startService({ dataDir: running.dataDir })).rejects.toThrow(/is in use by another call service/)
    expect(await callOf(call.cid)).toMatchObject({ endReason: null })
    await restart()
    expect(await callOf(call.cid)).toMatchObject({ endReason: 'service-stopped' })
    call.alice.cut()
    call.bob.cut()
  })
})
