import type { StreamName } from '../../../server/media/types'
import {
  audioConfig,
  audioFrame,
  type FlvPlayer,
  frame,
  isKeyFrame,
  isVideoFrame,
  keyFrame,
  playHttp,
  publishRtmp,
  type RtmpClient,
  type TestTag,
  videoConfig,
} from '../../support/media-client'
import { until } from '../../support/until'
import { type Engine, startEngine } from './engine'

const STREAM: StreamName = { cid: 7, uid: 42 }

let engine: Engine
afterEach(() => engine.close())

/** Sends GOPs of 100 kB frames, one a turn of the event loop, until told to stop. */
async function flood(publisher: RtmpClient, done: () => boolean): Promise<void> {
  let time = 0
  for (let index = 0; !done(); index++) {
    if (index > 5000) throw new Error('flooded for too long')
    publisher.sendTag(index % 10 === 0 ? keyFrame(time, 100_000) : frame(time, (index % 10) + 1, 100_000))
    publisher.sendTag(audioFrame(time))
    time += 66
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}

/** The picture with which it goes on after a gap. */
function afterGap(player: FlvPlayer): TestTag | null {
  const pictures = player.tags.items.filter(isVideoFrame)
  const gap = pictures.findIndex((tag, at) => tag.timestamp - (pictures[at - 1]?.timestamp ?? 0) > 100)
  return pictures[gap] ?? null
}
describe('a stream', () => {
  test('has room for so many viewers; one more is told so, and comes in when another has gone', async () => {
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
})

describe('a viewer that does not keep up', () => {
  test('skips to a key frame, is never far behind, and costs no other viewer a frame', async () => {
    engine = await startEngine({ limits: { viewerLag: 50 } })
    const publisher = await publishRtmp(engine.push(STREAM))
    publisher.sendTag(videoConfig())
    publisher.sendTag(audioConfig())
    const slow = await playHttp(engine.play(STREAM, 'http'))
    const good = await playHttp(engine.play(STREAM, 'http'))
    publisher.sendTag(keyFrame(0))
    await Promise.all([slow.tags.find(isKeyFrame), good.tags.find(isKeyFrame)])

    slow.flow.pause()
    const dropped = () => engine.media.stats()[0]?.droppedTags ?? 0
    await flood(publisher, () => dropped() > 100)
    slow.flow.resume()
    await flood(publisher, () => Boolean(afterGap(slow)))
    const next = afterGap(slow)
    expect(next && isKeyFrame(next)).toBe(true)
    expect(afterGap(good)).toBeNull()
    expect(slow.tags.closedBecause).toBeNull()
  })

  test('is disconnected when it takes nothing for long', async () => {
    engine = await startEngine({ limits: { viewerLag: 50, viewerStuckTime: 200 } })
    const publisher = await publishRtmp(engine.push(STREAM))
    publisher.sendTag(videoConfig())
    publisher.sendTag(audioConfig())
    const stuck = await playHttp(engine.play(STREAM, 'http'))
    stuck.flow.pause()
    await flood(publisher, () => engine.events.includes('stop 7-42 http-flv: too slow'))
    expect(engine.media.stats()[0]?.viewers).toBe(0)
  })
})
