/** The API for the app's own server. */
import { execFileSync } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { createLog } from '../../../server/log'
import {
  call as callSchema,
  calls as callsSchema,
  online as onlineSchema,
} from '../../../server/http/server-api/schemas'
import { advance, controlClock, useRealTime } from '../../support/clock'
import { GatewayClient, plainLogin } from '../../support/gateway-client'
import type { JsonClient } from '../../support/json-client'
import { syntheticStream } from '../../support/media-client'
import { startService, type TestService } from '../../support/service'
import { SignalClient } from '../../support/signal-client'
import { publish, recordOf, respond, ring, session } from '../service/call'
import { CID, CONTENT, FILE, seededDataDir, SOUND } from './seed'

const SECRET = 'the-app-s-secret'
const HOUR = 60 * 60_000
const ORDER = { audio: true, video: true, live: false, type: '2', hostSpeaker: false }
const NOTHING = { audio: false, video: false, live: false, type: '2', hostSpeaker: false }

let running: TestService
let logged: string
beforeEach(async () => {
  controlClock()
  logged = ''
  const lines = new PassThrough().on('data', (chunk: Buffer) => (logged += chunk.toString()))
  running = await startService({ appSecret: SECRET, dataDir: seededDataDir() }, { log: createLog('info', lines) })
})
afterEach(async () => {
  await running.close()
  useRealTime()
})

function token(expires = Date.now() + HOUR, secret = SECRET): string {
  const claim = expires.toString(36)
  return `server.${claim}.${createHmac('sha256', secret).update(`server ${claim}`).digest('base64url')}`
}

async function ask(method: string, path: string, body?: object, bearer = token()) {
  const headers = { authorization: `Bearer ${bearer}`, ...(body && { 'content-type': 'application/json' }) }
  const response = await fetch(`${running.url}/server/v1${path}`, {
    method,
    headers,
    ...(body && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  const answer: unknown = text === '' ? null : JSON.parse(text)
  return { status: response.status, body: answer }
}
const problem = (code: string, message: unknown = expect.any(String)) => ({ error: { code, message } })

describe('a token', () => {
  test.each<[string, () => string, RegExp]>([
    ['that is missing', () => '', /not one of the app/],
    ['of another secret', () => token(undefined, 'another'), /not one of the app/],
    ['that has expired', () => token(Date.now() - 1), /has expired/],
    ['that is valid for more than an hour', () => token(Date.now() + HOUR + 1), /more than an hour/],
  ])('%s is refused', async (_, bearer, message) => {
    const { status, body } = await ask('GET', '/calls', undefined, bearer())
    expect([status, body]).toEqual([401, problem('unauthorized', expect.stringMatching(message))])
  })

  test('of an account is refused, also of one named "server"; a server token signs nobody in', async () => {
    for (const account of ['alice', 'server']) {
      expect(await ask('GET', '/calls', undefined, await running.token(account))).toMatchObject({ status: 401 })
    }
    const headers = { authorization: `Bearer ${token()}` }
    expect((await fetch(`${running.url}/api/calls`, { headers })).status).toBe(401)
  })

  test('is needed for every operation', async () => {
    const document = await (await fetch(`${running.url}/server/v1/openapi.json`)).json()
    const paths = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations ?? {}).map((method) => [method, path] as const),
    )
    expect(paths.length).toBeGreaterThan(6)
    for (const [method, path] of paths) {
      const url = running.url + path.replace('{cid}', String(CID)).replace(/\{\w+\}/g, 'bob')
      expect((await fetch(url, { method: method.toUpperCase() })).status).toBe(401)
    }
  })

  test('without APP_SECRET the API is off', async () => {
    const other = await startService()
    const response = await fetch(`${other.url}/server/v1/calls`, { headers: { authorization: `Bearer ${token()}` } })
    expect([response.status, await response.json()]).toEqual([
      401,
      problem('unauthorized', expect.stringContaining('APP_SECRET')),
    ])
    await other.close()
  })
})

test('its documentation is a valid OpenAPI 3.1 document', async () => {
  const document = await (await fetch(`${running.url}/server/v1/openapi.json`)).text()
  const problems = execFileSync(process.execPath, [join(__dirname, '../../support/openapi-check.mjs')], {
    input: document,
  })
  expect(JSON.parse(problems.toString())).toEqual([])
  expect(JSON.parse(document)).toMatchObject({ openapi: '3.1.0', servers: [{ url: running.url }] })
})

/** Resolves when the service has read everything. */
async function settled({ ws }: Awaited<ReturnType<typeof publish>>): Promise<void> {
  ws.ping()
  await once(ws, 'pong')
}

/** Alice and bob in an answered call, both with a media session. */
async function answered() {
  const ringing = await ring(running)
  await respond(ringing)
  const [alice, bob] = [await session(ringing.ways, 'alice'), await session(ringing.ways, 'bob')]
  const leave = (): void => {
    for (const one of [ringing.alice, ringing.bob, alice.link, bob.link]) one.cut()
  }
  return { ...ringing, own: alice, peer: bob, leave }
}

describe('calls', () => {
  test('are listed with their members, newest first and in pages', async () => {
    const { cid, leave } = await answered()
    const { body } = await ask('GET', '/calls?limit=1')
    const { calls, next } = callsSchema.parse(body)
    expect(next).toBe(cid)
    expect(calls).toMatchObject([
      {
        cid,
        state: 'active',
        caller: 'alice',
        members: [
          { account: 'alice', state: 'joined' },
          { account: 'bob', state: 'joined' },
        ],
      },
    ])
    const older = callsSchema.parse((await ask('GET', `/calls?before=${cid}`)).body)
    expect(older.calls.map((one) => one.cid)).toContain(CID)
    expect(older.calls.map((one) => one.cid)).not.toContain(cid)
    expect(older.next).toBeNull()
    const only = async (query: string) =>
      callsSchema.parse((await ask('GET', `/calls?${query}`)).body).calls.map((one) => one.cid)
    expect(await only('state=running')).toEqual([cid])
    expect(await only('state=running&account=carol')).toEqual([])
    expect(await only('recorded=true')).toEqual([CID])
    expect(await only('account=alice')).toEqual([cid, CID])
    leave()
  })

  test('an invalid parameter is named', async () => {
    const { status, body } = await ask('GET', '/calls?limit=0')
    expect([status, body]).toMatchObject([400, { error: { code: 'invalid', field: 'limit' } }])
    expect(await ask('GET', '/calls?before=1')).toMatchObject({ status: 404 })
    expect(await ask('GET', '/calls/77')).toEqual({ status: 404, body: problem('not-found') })
  })

  test('a running one can be ended: both phones are told, and the record says so', async () => {
    const { cid, alice, bob, own, leave } = await answered()
    expect(await ask('POST', `/calls/${cid}/end`)).toEqual({ status: 204, body: null })
    expect(await own.link.next('liveRoomClose')).toMatchObject({ cid, reason: 'room-closed' })
    for (const phone of [alice, bob]) expect(await phone.next('notifyHangup')).toMatchObject({ reason: 'room-closed' })
    const { body } = await ask('GET', `/calls/${cid}`)
    expect(callSchema.parse(body)).toMatchObject({ state: 'ended', endReason: 'room-closed' })
    expect(await ask('POST', `/calls/${cid}/end`)).toEqual({ status: 404, body: problem('not-found') })
    expect(logged).toMatch(new RegExp(`"cid":${cid},"msg":"server-api: call ended"`))
    leave()
  })

  test('a ringing one can be ended, too', async () => {
    const { cid, alice, bob } = await ring(running)
    expect((await ask('POST', `/calls/${cid}/end`)).status).toBe(204)
    for (const phone of [alice, bob]) expect(await phone.next('notifyHangup')).toMatchObject({ channelId: cid })
    for (const phone of [alice, bob]) phone.cut()
  })
})

describe('a room', () => {
  const clients: JsonClient[] = []
  afterEach(() => {
    for (const client of clients.splice(0)) client.cut()
  })
  async function enter(account: string) {
    const signal = await SignalClient.open(`ws://127.0.0.1:${running.port}`, account, await running.token(account))
    await signal.ask('createChannel', { channelName: 'ward', custom: '', webrtcEnable: true })
    const joined = await signal.request('joinChannel', { channelName: 'ward' })
    const [cid, uid] = [
      Number(joined['channelId']),
      Number(new Map(Object.entries(joined['accountUidMap'] ?? {})).get(account)),
    ]
    const link = await GatewayClient.openAt(joined)
    clients.push(signal, link)
    expect(await link.ask('login', { ...plainLogin({ uid, cid, accid: account }), scene: 1, role: 0 })).toMatchObject({
      code: 200,
    })
    return { link, cid, uid }
  }

  test('loses a member that is removed; it is told why, may join again, and the others stay', async () => {
    const [alice, bob] = [await enter('alice'), await enter('bob')]
    const path = `/calls/${alice.cid}/members/bob`
    expect((await ask('DELETE', path)).status).toBe(204)
    expect(await bob.link.next('kicked')).toEqual({ cid: alice.cid, reason: 'removed' })
    expect(await alice.link.next('clientLeave')).toMatchObject({ accid: 'bob' })
    expect(await ask('DELETE', path)).toEqual({ status: 404, body: problem('not-found') })
    const { body } = await ask('GET', `/calls/${alice.cid}`)
    expect(callSchema.parse(body).members).toMatchObject([{ state: 'joined' }, { account: 'bob', state: 'left' }])
    await enter('bob')
    expect(await alice.link.next('clientJoin')).toMatchObject({ accid: 'bob' })
    expect(logged).toContain('"account":"bob","msg":"server-api: member removed"')
  })
})

test('a member of a one-to-one call cannot be removed', async () => {
  const { cid, leave } = await answered()
  expect(await ask('DELETE', `/calls/${cid}/members/bob`)).toEqual({ status: 409, body: problem('conflict') })
  leave()
})

describe('the recording of a member', () => {
  test('starts and stops during the call; both phones are told, and a reconnect does not change it', async () => {
    const { cid, alice, bob, own, ways, leave } = await answered()
    const publisher = await publish(running, own.pushUrl)
    const path = `/calls/${cid}/members/alice/recording`
    expect(await ask('PUT', path, ORDER)).toEqual({ status: 204, body: null })
    for (const phone of [alice, bob]) {
      const { from, content } = await phone.next('message')
      expect([from, JSON.parse(String(content))]).toEqual([
        'alice',
        { type: 'recording', cid, audio: true, video: true },
      ])
    }
    await advance(2_000)
    for (const tag of syntheticStream({ from: 2_000, duration: 2_000 })) publisher.sendTag(tag)
    // Its login asks for no recording.
    own.link.cut()
    const again = await session(ways, 'alice')
    expect(callSchema.parse((await ask('GET', `/calls/${cid}`)).body).members).toMatchObject([{ recording: ORDER }, {}])
    await settled(publisher)
    expect((await ask('PUT', path, NOTHING)).status).toBe(204)
    await advance(2_000)
    for (const tag of syntheticStream({ from: 4_000, duration: 2_000 })) publisher.sendTag(tag)
    await settled(publisher)
    await ask('POST', `/calls/${cid}/end`)
    useRealTime()
    const { files, recording } = await recordOf(running, cid)
    expect(recording.notes).toEqual([])
    expect(files.map(({ account, kind }) => `${account} ${kind}`).sort()).toEqual(['alice aac', 'alice mp4'])
    for (const { duration } of files) expect(Math.abs(duration - 2_000)).toBeLessThan(100)
    again.link.cut()
    leave()
  })

  test('is refused for others, for a ringing call, and for a wrong order', async () => {
    const { cid, alice, bob } = await ring(running)
    const path = `/calls/${cid}/members/alice/recording`
    expect(await ask('PUT', path, ORDER)).toEqual({ status: 409, body: problem('conflict') })
    expect(await ask('PUT', `/calls/${cid}/members/carol/recording`, ORDER)).toMatchObject({ status: 404 })
    expect(await ask('PUT', path, { ...ORDER, type: '3' })).toMatchObject({
      status: 400,
      body: { error: { field: 'type' } },
    })
    expect(await ask('PUT', path, { ...ORDER, pictures: true })).toMatchObject({ status: 400 })
    for (const phone of [alice, bob]) phone.cut()
  })
})

const onDisk = (name: string): boolean => existsSync(join(running.dataDir, 'recordings', String(CID), name))

describe('files', () => {
  test('are fetched by their URLs, and deleted one by one or with their call', async () => {
    const { files } = callSchema.parse((await ask('GET', `/calls/${CID}`)).body)
    const [url] = files.flatMap((file) => (file.filename === FILE ? [file.url] : []))
    expect(Buffer.from(await (await fetch(String(url))).arrayBuffer())).toEqual(CONTENT)

    expect((await ask('DELETE', `/calls/${CID}/files/${FILE}`)).status).toBe(204)
    expect([onDisk(FILE), onDisk(SOUND)]).toEqual([false, true])
    expect((await fetch(String(url))).status).toBe(404)
    expect(await ask('DELETE', `/calls/${CID}/files/${FILE}`)).toEqual({ status: 404, body: problem('not-found') })

    expect((await ask('DELETE', `/calls/${CID}`)).status).toBe(204)
    expect(onDisk('')).toBe(false)
    expect((await ask('GET', `/calls/${CID}`)).status).toBe(404)
    expect(logged).toMatch(/server-api: file deleted[\s\S]*server-api: call deleted/)
    expect(logged).not.toContain('server.')
  })

  test('of a running call are not deleted', async () => {
    const { cid, leave } = await answered()
    expect(await ask('DELETE', `/calls/${cid}`)).toEqual({ status: 409, body: problem('busy') })
    leave()
  })
})

test('accounts with signed-in devices are listed by name, in pages, or looked up', async () => {
  const phones = await Promise.all(
    ['bob', 'alice', 'bob'].map(async (account) =>
      SignalClient.open(`ws://127.0.0.1:${running.port}`, account, await running.token(account)),
    ),
  )
  const list = async (query: string) => onlineSchema.parse((await ask('GET', `/online${query}`)).body)
  const [alice, bob] = [
    { account: 'alice', devices: 1 },
    { account: 'bob', devices: 2 },
  ]
  expect(await list('')).toEqual({ accounts: [alice, bob], next: null })
  expect(await list('?limit=1')).toEqual({ accounts: [alice], next: 'alice' })
  expect(await list('?limit=1&after=alice')).toEqual({ accounts: [bob], next: 'bob' })
  expect(await list('?accounts=carol,bob')).toEqual({ accounts: [{ account: 'carol', devices: 0 }, bob], next: null })
  expect((await ask('GET', '/online?accounts=a%20b')).status).toBe(400)
  for (const phone of phones) phone.cut()
})
