/** Pending connections do not displace admitted ones, on either port. */
import { once } from 'node:events'
import { get, request, type ClientRequest } from 'node:http'
import { connect, type Socket } from 'node:net'
import { text as textOf } from 'node:stream/consumers'
import { readConfig } from '../../server/config'
import { addressKey, Connections, DEFAULT_CONNECTION_LIMITS } from '../../server/connections'
import { connectionLimits } from '../../server/descriptors'
import { clientAddress } from '../../server/http/client-address'
import { advance, controlClock } from '../support/clock'
import { startService, type TestService } from '../support/service'
import { SignalClient } from '../support/signal-client'
import { until } from '../support/until'

let running: TestService
afterEach(() => running.close())

interface Silent {
  socket: Socket
  isClosed(): boolean
}
/** A connection that sends nothing. */
async function silent(port: number, localAddress = '127.0.0.1'): Promise<Silent> {
  const socket = connect({ port, host: '127.0.0.1', localAddress }).resume()
  socket.on('error', () => {})
  await once(socket, 'connect')
  return { socket, isClosed: () => socket.closed }
}
const closedOnes = (all: readonly Silent[]): number[] => all.flatMap((one, at) => (one.isClosed() ? [at] : []))
const device = async (account: string): Promise<SignalClient> =>
  SignalClient.open(`ws://127.0.0.1:${running.port}`, account, await running.token(account))
/** Values of `netcall_connections`. */
async function counted(state: string): Promise<number> {
  // On its own connection, which is closed at once.
  const [response] = await once(get(`${running.url}/metrics`, { agent: false }), 'response')
  const text = await textOf(response)
  return Number(new RegExp(`^netcall_connections{state="${state}"} (\\d+)$`, 'm').exec(text)?.[1])
}

// macOS has no loopback address except 127.0.0.1.
const describeWithAddresses = process.platform === 'darwin' ? describe.skip : describe
describeWithAddresses.each(['HTTP', 'RTMP'] as const)('%s: connections that prove nothing', (protocol) => {
  const port = () => (protocol === 'HTTP' ? running.port : running.rtmpPort)

  test('one above the limit of an address displaces its oldest; others stay', async () => {
    running = await startService({ maxPendingPerAddress: 3 })
    const alice = await device('alice')
    const other = await silent(port(), '127.0.0.3')
    const flood: Silent[] = []
    for (let at = 0; at < 5; at++) flood.push(await silent(port(), '127.0.0.2'))
    await until(() => closedOnes(flood).length === 2, 'the two oldest to go')
    expect(closedOnes(flood)).toEqual([0, 1])
    expect(other.isClosed()).toBe(false)
    expect(await alice.request('heartbeat', {})).toMatchObject({ timetag: expect.any(Number) })
    alice.cut()
  })

  test('beyond the limit for all, the address with most of them loses its oldest', async () => {
    running = await startService({ maxPending: 4 })
    const first = await silent(port(), '127.0.0.3')
    const flood: Silent[] = []
    for (let at = 0; at < 6; at++) flood.push(await silent(port(), '127.0.0.2'))
    await until(() => closedOnes(flood).length === 3, 'three to go')
    expect(closedOnes(flood)).toEqual([0, 1, 2])
    expect(first.isClosed()).toBe(false)
  })

  test('of a proxy, which all clients share, are not displaced before those of a flood', async () => {
    running = await startService({ maxPending: 6, trustedHops: 1 })
    const proxied: Silent[] = []
    for (let at = 0; at < 3; at++) proxied.push(await silent(running.port))
    const flood: Silent[] = []
    for (let at = 0; at < 5; at++) flood.push(await silent(running.rtmpPort, '127.0.0.2'))
    await until(() => closedOnes(flood).length === 2, 'the two oldest of the flood to go')
    expect(closedOnes(proxied)).toEqual([])
  })

  test('expire after a time', async () => {
    controlClock()
    running = await startService()
    const idle = await silent(port())
    await until(async () => (await counted('pending')) >= 1, 'the connection')
    await advance(DEFAULT_CONNECTION_LIMITS.pendingTime - 1)
    expect(idle.isClosed()).toBe(false)
    await advance(1)
    await until(idle.isClosed, 'its end')
    expect(await counted('expired')).toBe(1)
  })
})

test('are refused while all others are admitted', async () => {
  running = await startService({ maxConnections: 3 })
  const devices = [await device('alice'), await device('bob'), await device('carol')]
  // Displaces the connection that fetched the tokens, if still open; the next one finds none to displace.
  const late = await silent(running.port)
  await until(late.isClosed, 'the refusal')
  for (const one of devices) expect(await one.request('heartbeat', {})).toMatchObject({ timetag: expect.any(Number) })
  devices[0]?.cut()
  await until(async () => (await fetch(`${running.url}/healthz`).catch(() => null))?.status === 200, 'a place')
  for (const one of devices) one.cut()
})

const posting = (headers: Record<string, string>): ClientRequest => {
  const asking = request({ host: '127.0.0.1', port: running.port, path: '/api/tokens', method: 'POST', headers })
  asking.on('error', () => {})
  return asking
}

describe('an HTTP connection', () => {
  test('is closed in time if its body drips in', async () => {
    controlClock()
    running = await startService()
    const asking = posting({ 'Content-Type': 'application/json', 'Content-Length': '19' })
    const closed = new Promise((resolve) => asking.once('close', resolve))
    asking.write('{"acc')
    await until(async () => (await counted('pending')) >= 1, 'the request')
    for (let at = 0; at < 9; at++) {
      await advance(DEFAULT_CONNECTION_LIMITS.pendingTime / 10)
      asking.write('o')
    }
    await advance(DEFAULT_CONNECTION_LIMITS.pendingTime / 10)
    await closed
    expect(await counted('expired')).toBe(1)
  })

  test('is pending again after its answer', async () => {
    running = await startService({ maxPendingPerAddress: 2 })
    const { socket } = await silent(running.port)
    socket.write('GET /api/nothing HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n')
    await once(socket, 'data')
    await silent(running.port)
    // This request's connection is the third.
    expect(await counted('displaced')).toBe(1)
  })

  test('with two requests, of which one is being answered, is not pending', async () => {
    controlClock()
    running = await startService({ maxPendingPerAddress: 1 })
    const { socket, isClosed } = await silent(running.port)
    const ask = (path: string) => socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`)
    let answers = ''
    socket.on('data', (data) => (answers += data.toString()))
    ask('/api/nothing')
    ask('/api/events')
    await until(() => answers.includes('text/event-stream'), 'both answers')
    await silent(running.port)
    await silent(running.port)
    await advance(DEFAULT_CONNECTION_LIMITS.pendingTime * 2)
    expect(isClosed()).toBe(false)
  })

  test('is not pending while it is being answered, however long that takes', async () => {
    controlClock()
    running = await startService({ maxPendingPerAddress: 1 })
    const events = new AbortController()
    const response = await fetch(`${running.url}/api/events`, { signal: events.signal })
    await silent(running.port)
    await silent(running.port)
    await advance(DEFAULT_CONNECTION_LIMITS.pendingTime * 2)
    const reader = response.body?.getReader()
    expect((await reader?.read())?.done).toBe(false)
    events.abort()
  })
})

test('is refused for an upgrade that only claims to be for Vite', async () => {
  running = await startService()
  // In the preview Vite listens beside the service, and ignores what is not its own.
  running.service.server.on('upgrade', () => {})
  const statusOf = async (path: string, protocol: string): Promise<string> => {
    const { socket } = await silent(running.port)
    const headers = `Host: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Protocol: ${protocol}`
    socket.write(`GET ${path} HTTP/1.1\r\n${headers}\r\n\r\n`)
    const [answer] = await once(socket, 'data')
    return String(answer).slice(9, 12)
  }
  expect(await statusOf('/', 'vite-nobody')).toBe('404')
  expect(await statusOf('/elsewhere', 'vite-hmr')).toBe('404')
})

test('has a rate limit per address, and behind a proxy per client', async () => {
  controlClock()
  running = await startService({ requestsPerAddress: 5, trustedHops: 1 })
  const status = async (client: string): Promise<number> => {
    const response = await fetch(`${running.url}/healthz`, { headers: { 'X-Forwarded-For': `10.9.9.9, ${client}` } })
    return response.status
  }
  const statuses: number[] = []
  while (statuses.at(-1) !== 429) statuses.push(await status('203.0.113.7'))
  expect(statuses.slice(0, 10)).toEqual(Array(10).fill(200))
  expect(await status('203.0.113.8')).toBe(200)
})

test('is closed for a second if its address exceeded the rate, others are not', async () => {
  controlClock()
  running = await startService({ requestsPerAddress: 5 })
  const ask = async (localAddress: string): Promise<string> => {
    const socket = connect({ port: running.port, host: '127.0.0.1', localAddress })
    socket.on('error', () => {})
    let answer = ''
    socket.on('data', (data) => (answer += data.toString()))
    socket.write('GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n')
    await new Promise((resolve) => socket.once('close', resolve))
    return answer.slice(9, 12)
  }
  for (let at = 0; at < 10; at++) expect(await ask('127.0.0.1')).toBe('200')
  expect(await ask('127.0.0.1')).toBe('429')
  expect(await ask('127.0.0.1')).toBe('')
  if (process.platform !== 'darwin') expect(await ask('127.0.0.2')).toBe('200')
  await advance(1_000)
  expect(await ask('127.0.0.1')).toBe('200')
  const [response] = await once(get(`${running.url}/metrics`, { agent: false }), 'response')
  expect(await textOf(response)).toContain('netcall_limits_total{limit="requests"} 1\n')
})

test('is closed if it pipelines too many requests', async () => {
  running = await startService()
  const request = 'GET /api/calls HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'
  const { socket, isClosed } = await silent(running.port)
  socket.write(request.repeat(16))
  let answers = ''
  socket.on('data', (data) => (answers += data.toString()))
  await until(() => answers.split('HTTP/1.1 401').length === 17, 'all answers')
  expect(isClosed()).toBe(false)
  socket.write(request.repeat(17))
  await until(isClosed, 'the end')
  const next = await silent(running.port)
  await until(next.isClosed, 'the end of its next connection')
})

describe('addresses', () => {
  beforeAll(() => void (running = Object({ close: () => Promise.resolve() })))

  test.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8:1:2::9', '2001:db8:1:2'],
    ['2001:db8::9', '2001:db8:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
    ['::1', '0:0:0:0'],
    ['', ''],
  ])('limits for %s go by %s', (address, key) => expect(addressKey(address)).toBe(key))

  test.each([
    ['no proxy: the header is ignored', 0, '203.0.113.7', '127.0.0.1'],
    ['one proxy', 1, '203.0.113.7', '203.0.113.7'],
    ['one proxy, and a client that makes up an address', 1, '1.2.3.4, 203.0.113.7', '203.0.113.7'],
    ['two proxies', 2, '1.2.3.4, 203.0.113.7, 10.0.0.1', '203.0.113.7'],
    ['a request that went around the proxy', 2, undefined, '127.0.0.1'],
    ['nonsense', 1, 'me, you', '127.0.0.1'],
  ])('%s', (_, hops, header, address) => {
    const asked = Object({ headers: { 'x-forwarded-for': header }, socket: { remoteAddress: '127.0.0.1' } })
    expect(clientAddress(asked, hops)).toBe(address)
  })

  test('leave descriptors for recordings and the database', () => {
    expect(connectionLimits(readConfig({}), 1_000).all).toBe(500)
    expect(connectionLimits(readConfig({}), 1_000_000).all).toBe(4096)
    expect(connectionLimits(readConfig({ MAX_CONNECTIONS: '744' }), 1_000).all).toBe(744)
    expect(() => connectionLimits(readConfig({ MAX_CONNECTIONS: '745' }), 1_000)).toThrow(
      /^MAX_CONNECTIONS: 745 leaves too few of the 1000 files .* A good value: MAX_CONNECTIONS=744$/,
    )
  })

  test('that are not registered are ignored', () => {
    const connections = new Connections()
    const socket = Object.create(connect)
    connections.admit(socket)
    connections.suspend(socket)
    expect(connections.counts).toMatchObject({ open: 0, pending: 0 })
  })
})
