import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { StreamName } from '../../../server/media/types'
import { describeWithFfmpeg, FFMPEG } from '../../support/ffmpeg'
import { until } from '../../support/until'
import { type Engine, startEngine } from './engine'

const STREAM: StreamName = { cid: 7, uid: 42 }

const words = (text: string) => text.split(' ')

/** Its exit status and output. */
async function result(child: ChildProcess) {
  let [output, errors] = ['', '']
  child.stdout?.on('data', (part: Buffer) => (output += part.toString()))
  child.stderr?.on('data', (part: Buffer) => (errors += part.toString()))
  const [code]: unknown[] = await once(child, 'close')
  return { code, output, errors }
}

// A foreign RTMP implementation: shows that ours is right beyond our own client.
describeWithFfmpeg('ffmpeg', () => {
  let engine: Engine
  let children: ChildProcess[]
  beforeEach(async () => {
    children = []
    engine = await startEngine()
  })
  afterEach(async () => {
    for (const child of children) child.kill('SIGKILL')
    await engine.close()
  })

  const start = (args: string[]) => {
    const child = spawn(FFMPEG ?? '', ['-v', 'error', ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    children.push(child)
    return child
  }
  const publish = (url: string) =>
    start([
      ...words('-f lavfi -i testsrc=size=160x120:rate=15 -f lavfi -i sine=frequency=440:sample_rate=44100 -t 3'),
      ...words('-c:v libx264 -preset ultrafast -tune zerolatency -pix_fmt yuv420p -g 15 -c:a aac -f flv'),
      url,
    ])

  test('publishes over RTMP and plays over RTMP and HTTP with the same video and tone', async () => {
    const players = (['rtmp', 'http'] as const).map((protocol) =>
      start([
        ...words(`-v info -i ${engine.play(STREAM, protocol)} -t 1.5`),
        // A checksum of each picture, and the audio's volume: judged by content.
        ...words('-filter_complex [0:v]showinfo[v];[0:a]volumedetect[a] -map [v] -map [a] -f null -'),
      ]),
    )
    const results = Promise.all(players.map(result))
    await until(() => engine.events.length === 2, 'both players')
    publish(engine.push(STREAM))
    for (const { code, output, errors } of await results) {
      expect(code).toBe(0)
      const log = output + errors
      expect(log).toMatch(/Video: h264.*160x120/)
      expect(log).toMatch(/Audio: aac.*44100 Hz/)
      const sums = new Set(log.match(/(?<=plane_checksum:\[)[0-9A-F]+/g))
      expect(sums.size).toBeGreaterThan(3)
      expect(Number(/mean_volume: (-?[\d.]+)/.exec(log)?.[1])).toBeGreaterThan(-30)
      expect(log).not.toMatch(/non.monoton|error while decoding|concealing/i)
    }
    expect(engine.events.filter((event) => event.startsWith('play')).toSorted()).toEqual([
      'play 7-42 http-flv',
      'play 7-42 rtmp',
    ])
  })

  test('denies publishing and playing without a signature', async () => {
    const bare = engine.push(STREAM).replace(/\?.*/, '')
    expect((await result(publish(bare))).code).not.toBe(0)
    expect((await result(start(['-i', bare, '-f', 'null', '-']))).code).not.toBe(0)
    expect(engine.events).toEqual([
      'refused publish rtmp: the URL is not signed',
      'refused play rtmp: the URL is not signed',
    ])
  })
})
