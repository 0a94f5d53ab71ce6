/** Deviations of real RTMP clients from the specification, which must not break a stream. */
import { decodeAmf, encodeAmf } from '../../../server/media/amf0'
import { BadInput } from '../../../server/media/errors'
import { DEFAULT_LIMITS } from '../../../server/media/limits'
import { ChunkReader } from '../../../server/media/rtmp-chunks'
import { audioConfig, audioFrame } from '../../support/media-tags'
import { parseRtmpUrl, publishRtmp, RtmpClient } from '../../support/rtmp-client'
import { until } from '../../support/until'
import { startEngine, type Engine } from './engine'

const bytes = (hex: string): Buffer => Buffer.from(hex.replace(/\s/g, ''), 'hex')

describe('AMF3 values in a command', () => {
  test.each([
    ['null', '11 01', null],
    ['a truth value', '11 03', true],
    ['a positive and a large number', '11 04 7f', 127],
    ['a negative number', '11 04 ffffffff', -1],
    ['a fraction', '11 05 3ff8000000000000', 1.5],
    ['a text', '11 06 07 616263', 'abc'],
    ['a list with a named value', '11 09 05 0361 0403 01 0401 0402', null],
    ['an object with its class and named values', '11 0a 0b 0361 0362 0401 01', null],
    ['bytes', '11 0c 05 0000', null],
    ['a date', '11 08 01 0000000000000000', null],
  ])('%s is read, and so is what follows it', (_, hex, value) => {
    const command = Buffer.concat([encodeAmf('publish', 4), bytes(hex), encodeAmf('live-stream')])
    expect(decodeAmf(command)).toEqual(['publish', 4, value, 'live-stream'])
  })

  test.each(['11', '11 06 ff', '11 0a 07 01', '11 09 ff ff ff ff 01', '11 20', `11 ${'09 03 01 '.repeat(20)}`])(
    'refuses %s',
    (hex) => expect(() => decodeAmf(bytes(hex))).toThrow(BadInput),
  )
})

const first = (format0: string): Buffer => Buffer.concat([bytes(format0), Buffer.alloc(128, 0xaa)])

const read = (data: Buffer) => {
  const reader = new ChunkReader(DEFAULT_LIMITS)
  return [...reader.read(data)].map(({ type, timestamp, payload }) => [type, timestamp, payload.length])
}

describe('a header of format 1 or 2 on the continuation of a message', () => {
  test.each([
    ['1', '44 000000 000096 08'],
    ['2', '84 000017'],
  ])('format %s: the message continues at its own time, and the next one counts from there', (_, header) => {
    const message = Buffer.concat([
      first('04 000064 000096 08 01000000'),
      bytes(header),
      Buffer.alloc(22, 0xbb),
      bytes('44 00000a 000001 08 cc'),
    ])
    expect(read(message)).toEqual([
      [8, 100, 150],
      [8, 110, 1],
    ])
  })
})

describe('a publisher', () => {
  let engine: Engine
  beforeEach(async () => (engine = await startEngine()))
  afterEach(() => engine.close())
  const NAME = { cid: 7, uid: 42 }
  const frames = (): number => engine.tags.filter(({ tag }) => tag.kind === 'audio').length

  test('stays when it deletes another stream, closes another, or unpublishes another name', async () => {
    const client = await publishRtmp(engine.push(NAME))
    client.command('deleteStream', 9, null, 2)
    client.command('FCUnpublish', 10, null, '7-41')
    client.send(20, encodeAmf('closeStream', 11, null), 0, 5)
    client.sendTag(audioConfig())
    client.sendTag(audioFrame(0))
    await until(() => frames() === 1, 'its frame')
    expect(engine.events).toEqual(['publish 7-42 rtmp'])
    client.command('deleteStream', 12, null, 1)
    await client.tags.closed()
    expect(engine.events.at(-1)).toBe('unpublish 7-42: closed by the client')
  })

  test('may send null as AMF3 before the name of its stream', async () => {
    const url = engine.push(NAME)
    const client = await RtmpClient.connect(url)
    client.send(
      20,
      Buffer.concat([encodeAmf('publish', 5), bytes('11 01'), encodeAmf(parseRtmpUrl(url).stream, 'live')]),
    )
    await client.status(/Publish\.Start/)
    expect(engine.events).toEqual(['publish 7-42 rtmp'])
  })
})
