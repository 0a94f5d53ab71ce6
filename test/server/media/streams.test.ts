import { DEFAULT_LIMITS } from '../../../server/media/limits'
import { Streams } from '../../../server/media/streams'
import type { MediaEvents } from '../../../server/media/types'
import { keyFrame, videoConfig } from '../../support/media-client'

const NAME = { cid: 7, uid: 42 }
const PLACE = { name: NAME, subject: '42' }

test("only the current publisher's frames count, and only its end ends the stream", () => {
  const events: string[] = []
  const notify = <Name extends keyof MediaEvents>(event: Name, ..._args: MediaEvents[Name]) => void events.push(event)
  const logger = { info() {}, warn() {}, error() {} }
  const streams = new Streams(notify, DEFAULT_LIMITS, logger)
  const out: string[] = []
  const first = streams.publish(PLACE, 'rtmp', (reason) => out.push(reason))
  const second = streams.publish(PLACE, 'ws-flv', (reason) => out.push(reason))
  expect(out).toEqual(['replaced by a newer publisher'])
  for (const { type, timestamp, payload } of [videoConfig(), keyFrame(0)]) first.push(type, timestamp, payload)
  first.end('late')
  expect(events).toEqual(['publish', 'unpublish', 'publish'])
  expect(streams.stats()).toMatchObject([{ name: NAME, protocol: 'ws-flv', bytesIn: 0 }])

  for (const { type, timestamp, payload } of [videoConfig(), keyFrame(0)]) second.push(type, timestamp, payload)
  second.end('done')
  second.end('again')
  second.push(9, 40, keyFrame(40).payload)
  expect(events.slice(3)).toEqual(['tag', 'tag', 'unpublish'])
  expect(streams.stats()).toEqual([])
})
