import { DEFAULT_LIMITS } from '../../../server/media/limits'
import { Streams } from '../../../server/media/streams'
import type { StreamName } from '../../../server/media/types'
import { advance, controlClock } from '../../support/clock'
import {
  audioConfig,
  audioFrame,
  type FlvPlayer,
  frame,
  isKeyFrame,
  isVideoFrame,
  keyFrame,
  playHttp,
  playRtmp,
  playWs,
  publishRtmp,
  type TestTag,
  videoConfig,
} from '../../support/media-client'
import { until } from '../../support/until'
import { type Engine, startEngine } from './engine'

const STREAM: StreamName = { cid: 7, uid: 42 }
const { viewerLag, viewerStuckTime, viewerPending } = DEFAULT_LIMITS

beforeEach(() => controlClock())

/** A stream with one viewer over RTMP, whose network is controlled by the test. */
function watched() {
  const streams = new Streams(() => {}, DEFAULT_LIMITS, { info() {}, warn() {}, error() {} })
  const place = { name: STREAM, subject: '42' }
  const viewer = { written: 0, writes: 0, taken: 0, closed: '' }
  streams.view(place, {
    protocol: 'rtmp',
    pending: () => viewer.written - viewer.taken,
    write: (bytes) => {
      viewer.written += bytes.length
      viewer.writes++
    },
    close: (reason) => (viewer.closed = reason),
  })
  const publishing = streams.publish(place, 'rtmp', () => {})
  /** Publishes a tag; returns whether the viewer was sent something. */
  const sends = ({ type, timestamp, payload }: TestTag): boolean => {
    const before = viewer.writes
    publishing.push(type, timestamp, payload)
    return viewer.writes > before
  }
  sends(videoConfig())
  sends(audioConfig())
  sends(keyFrame(0))
  return {
    viewer,
    sends,
    takeAll: () => (viewer.taken = viewer.written),
    dropped: () => streams.stats()[0]?.droppedTags,
    end: () => publishing.end('it ended'),
    streams,
  }
}

describe('a viewer whose network is slow', () => {
  test('skips once its oldest unsent byte is too old, until it has read all and a key frame comes', async () => {
    const { sends, takeAll, dropped } = watched()
    await advance(viewerLag)
    expect(sends(frame(1_000, 1))).toBe(true)
    await advance(1)
    expect([audioFrame(1_001), frame(1_060, 2), keyFrame(1_120)].map(sends)).toEqual([false, false, false])
    takeAll()
    expect([frame(1_180, 1), audioFrame(1_190), keyFrame(1_240), frame(1_300, 1)].map(sends)).toEqual([
      false,
      true,
      true,
      true,
    ])
    expect(dropped()).toBe(4)
  })

  test('skips nothing while it keeps reading, for any length of time', async () => {
    const { viewer, sends, dropped } = watched()
    for (let time = 500; time < 60_000; time += 500) {
      // Always half a second behind.
      const behind = viewer.written
      expect(sends(frame(time, 1))).toBe(true)
      await advance(500)
      viewer.taken = behind
    }
    expect(dropped()).toBe(0)
  })

  test('skips at once when too many bytes are unsent', () => {
    const { viewer, sends } = watched()
    viewer.taken = viewer.written - viewerPending
    expect(sends(audioFrame(20))).toBe(true)
    expect(sends(audioFrame(40))).toBe(false)
  })

  test('is disconnected when it reads nothing for long while it skips', async () => {
    const { viewer, sends } = watched()
    await advance(viewerLag + 1)
    sends(audioFrame(1_000))
    await advance(viewerStuckTime)
    sends(audioFrame(11_000))
    expect(viewer.closed).toBe('')
    await advance(1)
    sends(audioFrame(11_020))
    expect(viewer.closed).toBe('too slow')
  })

  test('is disconnected when it reads nothing for long, also after the publisher has gone', async () => {
    const { viewer, end, streams } = watched()
    end()
    await advance(viewerLag + viewerStuckTime)
    expect(viewer.closed).toBe('')
    await advance(1_000)
    expect(viewer.closed).toBe('too slow')
    expect(streams.stats()).toEqual([])
    expect(jest.getTimerCount()).toBe(0)
  })

  test('stays when it has read all, however long nothing comes', async () => {
    const { viewer, end, takeAll } = watched()
    takeAll()
    end()
    await advance(10 * viewerStuckTime)
    expect(viewer.closed).toBe('')
  })
})

describe('a stream', () => {
  let engine: Engine
  afterEach(() => engine.close())

  test("has a limit of viewers per member; one more replaces that member's oldest", async () => {
    engine = await startEngine({ limits: { viewersPerSubject: 2 } })
    const watch = (protocol: 'rtmp' | 'http' | 'ws', subject: string) => {
      const url = engine.play(STREAM, protocol, subject)
      return protocol === 'rtmp' ? playRtmp(url) : protocol === 'http' ? playHttp(url) : playWs(url)
    }
    const publisher = await publishRtmp(engine.push(STREAM))
    const other = await watch('http', 'bob')
    const [first, second] = [await watch('rtmp', 'carol'), await watch('ws', 'carol')]
    const third = await watch('http', 'carol')
    await first.tags.closed()
    expect(engine.media.stats()[0]?.viewers).toBe(3)
    for (const tag of [videoConfig(), audioConfig(), keyFrame(0)]) publisher.sendTag(tag)
    for (const { tags } of [other, second, third]) await tags.find(isKeyFrame)
    expect(engine.events).toContain('stop 7-42 rtmp: replaced by a newer player')
  })

  test('has a limit of viewers; one more is denied with the reason, and admitted when another has left', async () => {
    engine = await startEngine({ limits: { viewersPerStream: 2 } })
    const publisher = await publishRtmp(engine.push(STREAM))
    const viewers = () => engine.media.stats()[0]?.viewers
    const first = await playHttp(engine.play(STREAM, 'http'))
    await playHttp(engine.play(STREAM, 'http'))
    expect(viewers()).toBe(2)
    await expect(playHttp(engine.play(STREAM, 'http'))).rejects.toThrow(/403.*too many/)
    await playHttp(engine.play({ ...STREAM, uid: 43 }, 'http'))
    first.close()
    await until(() => viewers() === 1, 'a free place')
    await playHttp(engine.play(STREAM, 'http'))
    expect(viewers()).toBe(2)
    publisher.close()
  })

  test('disconnects a viewer that stops reading, without effect on others', async () => {
    engine = await startEngine({ limits: { bitRate: 1e12 } })
    const publisher = await publishRtmp(engine.push(STREAM))
    publisher.sendTag(videoConfig())
    publisher.sendTag(audioConfig())
    const [slow, stuck, good] = await Promise.all([1, 2, 3].map(() => playHttp(engine.play(STREAM, 'http'))))
    if (!slow || !stuck || !good) throw new Error('nobody watches')
    let [time, sent] = [0, 0]
    /** Sends frames, each after the good viewer has the previous one. */
    const send = async (done: () => boolean, padding: number, step: number) => {
      for (; !done(); sent++, time += step) {
        if (sent > 1_000) throw new Error('sent for too long')
        publisher.sendTag(sent % 10 === 0 ? keyFrame(time, padding) : frame(time, sent % 10, padding))
        await good.tags.collect(sent + 1, isVideoFrame)
        await advance(step)
      }
    }
    await send(() => sent === 1, 0, 66)
    await Promise.all([slow.tags.find(isKeyFrame), stuck.tags.find(isKeyFrame)])
    for (const { flow } of [slow, stuck]) flow.pause()
    const dropped = () => engine.media.stats()[0]?.droppedTags ?? 0
    await send(() => dropped() > 20, 500_000, 66)
    slow.flow.resume()
    await until(() => slow.tags.items.length > 2, 'what was on its way')
    // Short steps: reading data in flight takes no time on this clock.
    await send(() => afterGap(slow) !== null, 0, 10)
    const next = afterGap(slow)
    expect(next && isKeyFrame(next)).toBe(true)
    await send(() => engine.events.includes('stop 7-42 http-flv: too slow'), 0, 1_000)
    expect(engine.media.stats()[0]?.viewers).toBe(2)
    expect(afterGap(good, 1_000)).toBeNull()
    expect([slow.tags.closedBecause, good.tags.closedBecause]).toEqual([null, null])
  })
})

/** The picture after a gap. */
function afterGap(player: FlvPlayer, longest = 100): TestTag | null {
  const pictures = player.tags.items.filter(isVideoFrame)
  const gap = pictures.findIndex((tag, at) => tag.timestamp - (pictures[at - 1]?.timestamp ?? 0) > longest)
  return pictures[gap] ?? null
}
