import { createServer } from 'node:net'
import { once } from 'node:events'
import { createMedia, ListenError } from '../../../server/media/media'
import { UrlSigner } from '../../../server/media/signed-url'
import type { MediaAction, StreamName } from '../../../server/media/types'
import {
  flvUrl,
  keyFrame,
  openHttp,
  parseRtmpUrl,
  playHttp,
  playRtmp,
  playWs,
  publishRtmp,
  publishWs,
  RtmpClient,
  videoConfig,
} from '../../support/media-client'
import { until } from '../../support/until'
import { type Engine, startEngine } from './engine'

const STREAM: StreamName = { cid: 7, uid: 42 }
const OTHER: StreamName = { cid: 7, uid: 43 }
const SECRET = 'a secret for tests'

let engine: Engine
let refuse: string | null
let asked: string[]
beforeEach(async () => {
  refuse = null
  asked = []
  engine = await startEngine({
    secret: SECRET,
    authorize: (action, { cid, uid }) => {
      asked.push(`${action} ${cid}-${uid}`)
      return refuse
    },
  })
})
afterEach(() => engine.close())

/** Every protocol, with a URL in the RTMP form. */
const ways: Record<string, (url: string) => Promise<unknown>> = {
  'publish over RTMP': publishRtmp,
  'publish over WebSocket': (url) => publishWs(flvUrl(url, 'ws', engine.authority)),
  'play over RTMP': playRtmp,
  'play over HTTP': (url) => playHttp(flvUrl(url, 'http', engine.authority)),
  'play over WebSocket': (url) => playWs(flvUrl(url, 'ws', engine.authority)),
}
const actionOf = (way: string): MediaAction => (way.startsWith('publish') ? 'publish' : 'play')
const signed = (action: MediaAction, name = STREAM) => (action === 'publish' ? engine.push(name) : engine.play(name))
const withQuery = (url: string, change: (query: URLSearchParams) => void) => {
  const changed = new URL(url)
  change(changed.searchParams)
  return changed.href
}

describe.each(Object.keys(ways))('%s', (way) => {
  const enter = (url: string) => (ways[way] ?? (() => Promise.reject(new Error(way))))(url)
  const action = actionOf(way)

  const refused: Record<string, () => string> = {
    'no query': () => signed(action).replace(/\?.*/, ''),
    'no signature': () => withQuery(signed(action), (query) => query.delete('sign')),
    'a wrong signature': () => withQuery(signed(action), (query) => query.set('sign', 'A'.repeat(43))),
    'a signature of another length': () => withQuery(signed(action), (query) => query.set('sign', 'x')),
    'a signature for the other action': () =>
      withQuery(signed(action === 'publish' ? 'play' : 'publish'), (query) => query.set('action', action)),
    'a signature for another stream': () => signed(action).replace('7-42', '7-43'),
    'a later expiry than was signed': () => withQuery(signed(action), (query) => query.set('expires', '99999999999')),
    'an expiry that has passed': () =>
      signed(action).replace(
        /\?.*/,
        `?${new UrlSigner(SECRET, 60).query(action, STREAM, 'somebody', Date.now() - 61_000)}`,
      ),
    'another subject than was signed': () => withQuery(signed(action), (query) => query.set('for', 'else')),
    'no subject': () => withQuery(signed(action), (query) => query.delete('for')),
    'a stream that is none': () => signed(action).replace('7-42', '07-42'),
    'a path for a stream': () => signed(action).replace('7-42', '..%2f42'),
  }

  test.each(Object.entries(refused))('is denied with %s', async (_kind, url) => {
    await expect(enter(url())).rejects.toThrow(/BadName|Failed|403/)
    expect(asked).toEqual([])
    expect(engine.media.stats()).toEqual([])
  })

  test('is denied by the service, with its reason', async () => {
    refuse = 'the call has ended'
    await expect(enter(signed(action))).rejects.toThrow(/the call has ended/)
    expect(asked).toEqual([`${action} 7-42`])
    expect(engine.media.stats()).toEqual([])
    expect(engine.events).toHaveLength(1)
    expect(engine.events[0]).toMatch(new RegExp(`^refused ${action} .*: the call has ended$`))
  })

  test('is admitted with a URL that was made for it', async () => {
    await enter(signed(action))
    await until(() => engine.media.stats().length === 1)
    expect(asked).toEqual([`${action} 7-42`])
  })
})

test('an error in authorize denies, without details', async () => {
  const broken = await startEngine({
    authorize: () => {
      throw new Error('the database is gone')
    },
  })
  await expect(publishRtmp(broken.push(STREAM))).rejects.toThrow(/could not check/)
  await broken.close()
})

test('a denial over HTTP is a short JSON with the reason, readable from any page', async () => {
  const response = await fetch(engine.play(STREAM, 'http').replace(/sign=[^&]*/, 'sign=x'))
  expect(response.status).toBe(403)
  expect(response.headers.get('access-control-allow-origin')).toBe('*')
  expect(await response.json()).toEqual({ error: 'the signature of the URL is wrong' })
})

test('other methods and paths are not played', async () => {
  const response = await fetch(engine.play(STREAM, 'http'), { method: 'POST' })
  expect(response.status).toBe(405)
  expect(await response.json()).toEqual({ error: 'play streams with GET' })
  for (const path of ['/', '/live/', '/live/7-42', '/live/a/b.flv', '//live/7-42.flv', '/livE/7-42.flv']) {
    expect(await openHttp(`http://${engine.authority}${path}`)).toMatchObject({ status: 404 })
  }
})

test('the signature may be in the app or tcUrl, as some encoders send it', async () => {
  const { port, tcUrl, stream } = parseRtmpUrl(engine.push(STREAM))
  const [name = '', query = ''] = stream.split('?')
  for (const object of [{ app: `live?${query}` }, { app: 'live/', tcUrl: `${tcUrl}?${query}` }]) {
    const client = await RtmpClient.open(port)
    await client.call('connect', object)
    await client.call('createStream', null)
    client.command('publish', 0, null, name, 'live')
    await client.status(/Publish\.Start/)
    client.close()
  }
})

test('success is not reported before the authorization', async () => {
  refuse = 'no'
  const client = await RtmpClient.connect(engine.push(STREAM))
  client.command('publish', 0, null, parseRtmpUrl(engine.push(STREAM)).stream, 'live')
  await client.tags.closed()
  expect(client.commands.items.flat()).not.toContainEqual(expect.objectContaining({ code: 'NetStream.Publish.Start' }))
})

describe('frames', () => {
  test('from a viewer, a denied publisher and a stranger reach nobody', async () => {
    const watcher = await playRtmp(engine.play(STREAM))
    const viewer = await playRtmp(engine.play(STREAM))
    const stranger = await RtmpClient.connect(engine.push(STREAM))
    const late = await RtmpClient.connect(engine.push(STREAM))
    late.command('publish', 0, null, '7-42?expires=1&sign=x', 'live')
    for (const intruder of [viewer, stranger, late]) {
      for (const tag of [videoConfig(), keyFrame(0)]) intruder.sendTag(tag)
      // An answer proves that earlier data were read.
      if (intruder !== late) await intruder.call('createStream', null)
    }
    await late.tags.closed()
    expect(engine.tags).toEqual([])
    const publisher = await publishRtmp(engine.push(OTHER))
    for (const tag of [videoConfig(), keyFrame(0)]) publisher.sendTag(tag)
    await until(() => engine.tags.length === 2)
    expect(engine.tags.every(({ publication }) => publication.name.uid === OTHER.uid)).toBe(true)
    expect(watcher.tags.items).toEqual([])
  })

  test('from a replaced publisher are ignored', async () => {
    const first = await publishWs(engine.push(STREAM, 'ws'))
    const second = await publishWs(engine.push(STREAM, 'ws'))
    for (const tag of [videoConfig(), keyFrame(0)]) first.sendTag(tag)
    await first.inbox.closed()
    for (const tag of [videoConfig(), keyFrame(0)]) second.sendTag(tag)
    await until(() => engine.tags.length > 0)
    expect(new Set(engine.tags.map(({ publication }) => publication)).size).toBe(1)
    expect(engine.events.at(-1)).toBe('publish 7-42 ws-flv')
  })
})

describe('URLs', () => {
  test('name host and port, with brackets for IPv6', () => {
    const { media } = engine
    const pattern = new RegExp(
      `^rtmp://phone.example:${media.rtmpPort}/live/7-42\\?expires=\\d+&sign=[\\w-]{43}&for=42&action=publish$`,
    )
    expect(media.pushUrl(STREAM, '42', 'phone.example')).toMatch(pattern)
    expect(media.playUrl(STREAM, '43', '::1')).toMatch(/^rtmp:\/\/\[::1\]:\d+\/live\/7-42\?.*action=play$/)
    expect(media.playUrl(STREAM, '43', '[::1]')).toMatch(/^rtmp:\/\/\[::1\]:/)
  })

  test('require a secret', () => {
    expect(() => new UrlSigner('', 60)).toThrow('secret must not be empty')
  })
})

test('a port in use is named, with the option to choose another one', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const address = taken.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const options = { host: '127.0.0.1', rtmpPort: port, secret: SECRET, urlTtl: 60, authorize: () => null }
  const error: unknown = await createMedia(options)
    .listen()
    .catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(ListenError)
  expect(error).toMatchObject({ port, option: 'RTMP_PORT' })
  expect(String(error)).toContain(`port ${port} (it is in use by another program). Set RTMP_PORT to another port`)
  taken.close()
})

test('no log line contains a signature', async () => {
  const lines: string[] = []
  const write = (about: object, message: string) => void lines.push(JSON.stringify(about) + message)
  const logged = await startEngine({ logger: { info: write, warn: write, error: write } })
  const publisher = await publishRtmp(logged.push(STREAM))
  await playHttp(logged.play(STREAM, 'http'))
  await expect(playWs(logged.play(STREAM, 'ws').replace('sign=', 'sign=x'))).rejects.toThrow('403')
  publisher.send(9, Buffer.from('2200000000000000', 'hex'))
  await publisher.tags.closed()
  await logged.close()
  expect(lines.length).toBeGreaterThan(4)
  for (const url of [logged.push(STREAM), logged.play(STREAM)]) {
    const sign = new URL(url).searchParams.get('sign') ?? ''
    expect(lines.join('\n')).not.toContain(sign)
  }
})

test('closing leaves nothing open', async () => {
  const short = await startEngine()
  const open = [await publishRtmp(short.push(STREAM)), await playRtmp(short.play(STREAM))]
  const ws = await publishWs(short.push(OTHER, 'ws'))
  const http = await playHttp(short.play(OTHER, 'http'))
  await short.media.close()
  for (const client of open) await client.tags.closed()
  await ws.inbox.closed()
  await http.tags.closed()
  await expect(RtmpClient.open(Number(new URL(short.push(STREAM)).port))).rejects.toThrow()
  expect(short.media.stats()).toEqual([])
  await short.close()
})
