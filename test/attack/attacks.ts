/** Attacks by strangers and members. Each runs until it is stopped, whatever the service does. */
import { once } from 'node:events'
import { request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { json } from 'node:stream/consumers'
import { WebSocket } from 'ws'
import { encodeAmf } from '../../server/media/amf0'
import { writeFlvTag } from '../../server/media/flv'
import { AMF0_COMMAND, encodeMessage, USER_CONTROL } from '../../server/media/rtmp-chunks'
import { field } from '../../bench/relay/accounts'
import { GatewayClient, plainLogin } from '../support/gateway-client'
import type { Json } from '../support/json-client'
import { audioFrame, flvUrl, playHttp, publishRtmp, publishWs, syntheticStream } from '../support/media-client'
import { Chance } from '../support/random'
import { SignalClient } from '../support/signal-client'
import { flv, rtmp } from '../fuzz/grammar'

export interface Target {
  url: string
  rtmpPort: number
  /** Signed-in honest accounts. */
  victims: readonly string[]
}
type Attack = (target: Target) => Promise<void>

/** Bytes of a flood written before the attacker's other connections have their turn. */
const CHUNK = 64 * 1024
const base = ({ url }: Target): string => url.replace('http:', 'ws:')
const httpPort = ({ url }: Target): number => Number(new URL(url).port)
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
/** Attacks run in real time; the pause keeps a waiting attacker from using the processor. */
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
/** Loopback addresses from 127.0.0.2. */
const address = (number: number): string => `127.0.${Math.floor(number / 250)}.${2 + (number % 250)}`

/** A token requested from an address of the attacker, so that limits per address do not affect the honest. */
async function tokenOf(url: string, account: string): Promise<string> {
  const headers = { 'content-type': 'application/json' }
  const asking = request(`${url}/api/tokens`, { method: 'POST', headers, localAddress: '127.0.0.2' })
  asking.end(JSON.stringify({ account }))
  const [response] = await once(asking, 'response')
  return String(field(await json(response), 'token'))
}

/** A connection whose failures are ignored. */
function open(port: number, localAddress = '127.0.0.2'): Socket {
  const socket = connect({ port, host: '127.0.0.1', localAddress })
  socket.on('error', () => {})
  socket.resume()
  return socket
}

/** Writes the same bytes repeatedly, on a new connection when the old one is closed. */
async function flood(make: () => Promise<Socket> | Socket, bytes: Buffer): Promise<never> {
  const many = Buffer.concat(Array.from({ length: Math.ceil(CHUNK / bytes.length) }, () => bytes))
  for (;;) {
    await pause(10)
    const socket = await Promise.resolve(make()).catch(() => null)
    if (!socket) continue
    while (!socket.destroyed) {
      if (socket.writableLength < 4 * CHUNK) socket.write(many)
      await (socket.writableLength < 4 * CHUNK ? turn() : pause(5))
    }
  }
}

/** An RTMP connection after its handshake. */
async function shaken({ rtmpPort }: Target, localAddress: string): Promise<Socket> {
  const socket = open(rtmpPort, localAddress)
  const greeting = Buffer.alloc(1 + 1536, 7)
  greeting[0] = 3
  socket.write(greeting)
  await new Promise((resolve, reject) => {
    socket.once('data', resolve)
    socket.once('close', reject)
  })
  socket.write(Buffer.alloc(1536, 7))
  return socket
}

/** Keeps many connections open from different addresses, and runs an action on each now and then. */
async function hold(port: number, most: number, addresses: number, poke: (socket: Socket) => void): Promise<never> {
  const sockets = new Set<Socket>()
  for (let number = 0; ; number++) {
    while (sockets.size < most) {
      const socket = open(port, address(number++ % addresses))
      sockets.add(socket)
      socket.on('close', () => sockets.delete(socket))
      if (number % 50 === 0) await pause(5)
    }
    for (const socket of sockets) if (socket.readyState === 'open') poke(socket)
    await pause(200)
  }
}

/** A signed-in device; a new one after it was kicked. */
async function withDevice(
  target: Target,
  account: string,
  use: (device: SignalClient) => Promise<unknown>,
): Promise<never> {
  for (;;) {
    try {
      const device = await SignalClient.open(base(target), account, await tokenOf(target.url, account))
      while (device.isOpen) {
        await use(device)
        await turn()
      }
    } catch {
      // Kicked, refused or too fast: it comes back.
    }
    await pause(20)
  }
}

/** A call of two accounts of the attacker, both logged in: one publishes, the other plays. */
async function ownCall(target: Target, name: string) {
  const names = [`${name}-1`, `${name}-2`] as const
  const device = async (account: string) => SignalClient.open(base(target), account, await tokenOf(target.url, account))
  const [one, other] = [await device(names[0]), await device(names[1])]
  const answer = await one.request('initNetcall', {
    type: 2,
    accounts: [names[1]],
    pushConfig: {},
    webrtcEnable: true,
  })
  const cid = Number(answer['channelId'])
  const called = await other.next('beCalled')
  await other.request('calleeAck', { account: names[0], channelId: cid, type: 2, accepted: true })
  const enter = async (account: string, way: Json) => {
    const uid = Number(field(way['accountUidMap'], account))
    const gateway = await GatewayClient.openAt(way)
    const { userlist } = await gateway.ask('login', plainLogin({ uid, cid, accid: account }))
    const urls = (Array.isArray(userlist) ? userlist : []).map((user) => String(field(user, 'url')))
    setInterval(() => void gateway.ask('heartbeat', { uid, cid }).catch(() => undefined), 3_000)
    return { gateway, urls }
  }
  for (const signal of [one, other]) {
    setInterval(() => void signal.request('heartbeat', {}).catch(() => undefined), 3_000)
  }
  const first = await enter(names[0], answer)
  const second = await enter(names[1], called)
  return { push: first.urls[0] ?? '', play: second.urls[1] ?? '', way: answer, cid }
}

const PING = encodeMessage({
  type: USER_CONTROL,
  timestamp: 0,
  streamId: 0,
  payload: Buffer.from('000600000001', 'hex'),
})
const EMPTY_COMMAND = encodeMessage({ type: AMF0_COMMAND, timestamp: 0, streamId: 0, payload: encodeAmf('', 0, null) })

/** Requests that must never be answered with 200. */
const FORBIDDEN: readonly [path: string, headers: Record<string, string>][] = [
  ['/api/tokens', { Host: 'evil.example', 'Content-Type': 'application/json' }],
  ['/api/tokens', { Origin: 'https://evil.example', 'Content-Type': 'application/json' }],
  ['/recordings/1/../../calls.db', {}],
  ['/recordings/1/%2e%2e%2f%2e%2e%2fcalls.db', {}],
  ['/recordings/1/0-1-1-1.mp4', {}],
  ['/live/1-1.flv?action=play&expires=9999999999&sign=x&for=1.1', {}],
  ['/api/calls', {}],
  ['/api/calls/1', { Authorization: 'Bearer alice.zzzzzzzz.x' }],
]

export const ATTACKS = {
  /** Pings after the handshake, without a URL. */
  'rtmp-pings': async (target) => {
    await Promise.all([0, 1, 2].map(async (at) => flood(async () => shaken(target, address(at)), PING)))
  },
  'rtmp-commands': async (target) => {
    await Promise.all([0, 1, 2].map(async (at) => flood(async () => shaken(target, address(at)), EMPTY_COMMAND)))
  },
  /** Silent connections from many addresses, on both ports. */
  connections: async (target) => {
    await Promise.all([hold(target.rtmpPort, 1_000, 40, () => {}), hold(httpPort(target), 1_000, 40, () => {})])
  },
  /** Requests that never end, one byte at a time. */
  'slow-requests': async (target) =>
    hold(httpPort(target), 1_500, 40, (socket) =>
      socket.write(socket.bytesWritten === 0 ? 'POST /api/tokens HTTP/1.1\r\nHost: 127.0.0.1\r\nX-A: ' : 'a'),
    ),
  requests: async (target) => {
    const bytes = Buffer.from('GET /api/calls HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n')
    await Promise.all([0, 1, 2, 3].map(async (at) => flood(() => open(httpPort(target), address(at)), bytes)))
  },
  upgrades: async (target) => {
    const key = 'dGhlIHNhbXBsZSBub25jZQ=='
    const path = '/signal?account=alice&token=x'
    const bytes = Buffer.from(
      `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n\r\n`,
    )
    await hold(httpPort(target), 200, 40, (socket) => void (socket.bytesWritten === 0 && socket.write(bytes)))
  },
  /** A member's own stream: frames of four bytes as fast as possible, by both protocols. */
  'tiny-frames': async (target) => {
    const { push } = await ownCall(target, 'tiny')
    const frame = audioFrame(0)
    const tag = writeFlvTag(frame.type, 0, frame.payload)
    const many = Buffer.concat(Array.from({ length: 2_000 }, () => tag))
    for (;;) {
      await pause(20)
      const publisher = await publishWs(flvUrl(push, 'ws', new URL(target.url).host)).catch(() => null)
      if (!publisher) continue
      while (publisher.ws.readyState === WebSocket.OPEN) {
        if (publisher.ws.bufferedAmount < 4 * CHUNK) publisher.ws.send(many)
        await (publisher.ws.bufferedAmount < 4 * CHUNK ? turn() : pause(5))
      }
    }
  },
  /** Fifty megabits of video per second, to two hundred players that do not read. */
  'heavy-stream': async (target) => {
    const { push, play } = await ownCall(target, 'heavy')
    const url = flvUrl(play, 'http', new URL(target.url).host)
    for (let at = 0; at < 200; at++) {
      void playHttp(url)
        .then((player) => player.flow.pause())
        .catch(() => undefined)
    }
    for (;;) {
      await pause(20)
      const publisher = await publishRtmp(push).catch(() => null)
      if (!publisher) continue
      const tags = syntheticStream({ padding: 400_000 })
      while (!publisher.socket.destroyed) {
        const { value } = tags.next()
        if (value) publisher.sendTag(value)
        await (publisher.socket.writableLength < 4 * CHUNK ? turn() : pause(5))
      }
    }
  },
  /** Almost valid messages and tags, by both protocols. */
  'odd-payloads': async (target) => {
    const { push } = await ownCall(target, 'odd')
    const chance = new Chance(1)
    const url = flvUrl(push, 'ws', new URL(target.url).host)
    for (;;) {
      const publisher = await publishRtmp(push).catch(() => null)
      for (let at = 0; at < 20; at++) publisher?.socket.write(rtmp(chance))
      await pause(10)
      publisher?.close()
      const other = await publishWs(url).catch(() => null)
      for (let at = 0; at < 20; at++) other?.ws.send(flv(chance).subarray(at === 0 ? 0 : 13))
      await pause(10)
      other?.ws.terminate()
    }
  },
  /** Frames of 56 KB at the gateway, before and after the login. */
  'gateway-frames': async (target) => {
    const { way } = await ownCall(target, 'gateway')
    const text = JSON.stringify({ cmd: 99, seq: 1, body: { x: 'x'.repeat(56_000) } })
    for (;;) {
      await pause(20)
      const link = await GatewayClient.openAt(way).catch(() => null)
      if (!link) continue
      while (link.isOpen) {
        link.sendText(text)
        await turn()
      }
    }
  },
  /** Strangers call and message honest members repeatedly. */
  rings: async (target) => {
    const attackers = Array.from({ length: 10 }, async (_, at) =>
      withDevice(target, `ringer-${at}`, async (device) => {
        const victim = target.victims[at % target.victims.length] ?? ''
        await device.ask('sendMessage', { to: victim, content: 'x'.repeat(3_000) })
        const { code, body } = await device.ask('initNetcall', {
          type: 2,
          accounts: [victim],
          pushConfig: {},
          webrtcEnable: true,
        })
        if (code !== 200) return
        const channelId = Number(body['channelId'])
        await device.ask('keepCalling', { type: 2, accounts: [victim], channelId })
        await device.ask('hangup', { channelId })
      }),
    )
    await Promise.all(attackers)
  },
  /** Unknown accounts, always new ones, and unlimited rooms. */
  accounts: async (target) => {
    let number = 0
    const attackers = Array.from({ length: 4 }, async () => {
      for (;;) {
        const account = `invented-${number++}`
        try {
          const device = await SignalClient.open(base(target), account, await tokenOf(target.url, account))
          const accounts = Array.from({ length: 32 }, (_, at) => `nobody-${number}-${at}`)
          const pushConfig = { forceKeepCalling: true }
          await device.ask('initNetcall', { type: 2, accounts, pushConfig, webrtcEnable: true })
          await device.ask('listContacts', {})
          await device.ask('createChannel', { channelName: account, custom: '', webrtcEnable: true })
          await device.ask('joinChannel', { channelName: account })
          device.cut()
        } catch {
          await pause(20)
        }
      }
    })
    await Promise.all(attackers)
  },
  /** Foreign pages, forged URLs, odd paths. Ends the attacker with a message if one is answered with 200. */
  forgeries: async (target) => {
    for (;;) {
      for (const [path, headers] of FORBIDDEN) {
        const isPost = path === '/api/tokens'
        const socket = open(httpPort(target))
        const body = isPost ? '{"account":"alice"}' : ''
        const lines = { Host: '127.0.0.1', ...headers, 'Content-Length': String(body.length), Connection: 'close' }
        const head = Object.entries(lines).map(([name, value]) => `${name}: ${value}`)
        socket.write(`${isPost ? 'POST' : 'GET'} ${path} HTTP/1.1\r\n${head.join('\r\n')}\r\n\r\n${body}`)
        const answer = await new Promise<string>((resolve) => {
          socket.once('data', (data) => resolve(data.toString()))
          socket.once('close', () => resolve(''))
        })
        socket.destroy()
        if (answer.startsWith('HTTP/1.1 200')) throw new Error(`${path} ${JSON.stringify(headers)} was answered`)
      }
      await pause(5)
    }
  },
} as const satisfies Record<string, Attack>
export type AttackName = keyof typeof ATTACKS

export function isAttack(name: string): name is AttackName {
  return Object.hasOwn(ATTACKS, name)
}
