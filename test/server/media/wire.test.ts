import { decodeAmf, encodeAmf, encodeAmfMetadata } from '../../../server/media/amf0'
import { BadInput } from '../../../server/media/errors'
import { DEFAULT_LIMITS } from '../../../server/media/limits'
import { ChunkReader, encodeMessage, type RtmpMessage } from '../../../server/media/rtmp-chunks'

/** The bytes on the wire, compared with the specifications instead of our own writer. */
const bytes = (hex: string) => Buffer.from(hex.replace(/\s/g, ''), 'hex')

/** Reads in chunks of a size. */
function read(data: Buffer, size = data.length): RtmpMessage[] {
  const reader = new ChunkReader(DEFAULT_LIMITS)
  reader.maxMessage = DEFAULT_LIMITS.messageSize
  const messages: RtmpMessage[] = []
  for (let at = 0; at < data.length; at += size) {
    for (const message of reader.read(data.subarray(at, at + size))) {
      messages.push({ ...message, payload: Buffer.from(message.payload) })
    }
  }
  return messages
}

const brief = ({ type, timestamp, streamId, payload }: RtmpMessage) => [
  type,
  timestamp,
  streamId,
  payload.toString('hex'),
]

describe('AMF0', () => {
  test('reads every type that peers send', () => {
    const values = decodeAmf(
      bytes(`00 3ff0000000000000  01 01  02 0003 616263  03 0001 61 05 0001 62 06 000009
        08 00000000 0001 63 0100 000009  0a 00000002 0100 02 0000  0b 4000000000000000 0000
        0c 00000001 7a  0d  10 0001 54 0001 64 02 0001 65 000009`),
    )
    expect(values).toEqual([1, true, 'abc', { a: null, b: null }, { c: false }, [false, ''], 2, 'z', null, { d: 'e' }])
  })

  test('writes what it reads', () => {
    const values = ['onStatus', 0, null, { level: 'status', list: [1, true], long: 'x'.repeat(70_000) }, false, 'é中']
    expect(decodeAmf(encodeAmf(...values))).toEqual(values)
    expect(encodeAmf('a', 1).toString('hex')).toBe('02000161003ff0000000000000')
    expect(encodeAmfMetadata('m', { w: true }).toString('hex')).toBe('0200016d08000000010001770101000009')
  })

  test('reads a key named __proto__ as a key', () => {
    const [object] = decodeAmf(bytes('03 0009 5f5f70726f746f5f5f 03 0001 61 0101 000009 000009'))
    expect(Object.keys(object ?? {})).toEqual(['__proto__'])
    expect('a' in {}).toBe(false)
  })

  test.each(['00', '00 3ff0', '02 0005 61', '03 0001 61', '0a 00000002 0101', '0c ffffffff 61', '07 0000', '11', 'ff'])(
    'refuses %s',
    (hex) => expect(() => decodeAmf(bytes(hex))).toThrow(BadInput),
  )
})

describe('RTMP chunks', () => {
  test('of all four formats have the right time: absolute, delta, repeated delta', () => {
    const data = bytes('04 000064 000002 08 01000000 aaaa  44 00000a 000001 08 bb  84 000014 cc  c4 dd')
    const expected = [
      [8, 100, 1, 'aaaa'],
      [8, 110, 1, 'bb'],
      [8, 130, 1, 'cc'],
      [8, 150, 1, 'dd'],
    ]
    expect(read(data).map(brief)).toEqual(expected)
    expect(read(data, 1).map(brief)).toEqual(expected)
  })

  test('of two streams may be interleaved, with ids of one to three bytes', () => {
    const part = 'ab'.repeat(128)
    const data = bytes(`00 05 000001 000081 09 01000000 ${part}  01 0100 000002 000001 08 01000000 ee  c0 05 cd`)
    expect(read(data).map(brief)).toEqual([
      [8, 2, 1, 'ee'],
      [9, 1, 1, `${part}cd`],
    ])
    expect(read(data, 3)).toHaveLength(2)
  })

  test('have extended timestamps in each chunk or, by old encoders, only in the first', () => {
    const part = 'ab'.repeat(128)
    const head = `06 ffffff 000081 09 01000000 01000000 ${part}`
    for (const data of [bytes(`${head} c6 01000000 cd`), bytes(`${head} c6 cd 04 000000 000003 08 01000000 aaaaaa`)]) {
      expect(brief(read(data)[0] ?? fail())).toEqual([9, 0x1000000, 1, `${part}cd`])
    }
  })

  test("change size and abort on the peer's request", () => {
    const part = 'ab'.repeat(128)
    const data = bytes(`06 000000 000200 09 01000000 ${part}  02 000000 000004 02 00000000 00000006
      02 000000 000004 01 00000000 00000002  06 000001 000003 09 01000000 1122 c6 33`)
    expect(read(data).map(brief)).toEqual([[9, 1, 1, '112233']])
  })

  test.each([0, 1, 127, 128, 129, 256, 60_000, 60_001, 200_000])('survive a round trip of %i bytes', (size) => {
    for (const timestamp of [0, 40, 0xfffffe, 0xffffff, 0x1000000, 0xffffffff]) {
      const message = { type: 9, timestamp, streamId: 1, payload: Buffer.alloc(size, 0x5a) }
      const data = encodeMessage(message, 128)
      for (const pieces of [data.length, 1000]) {
        const [got] = read(data, pieces)
        expect(got).toMatchObject({ type: 9, timestamp, streamId: 1 })
        // Far faster than comparing buffers by `toEqual`.
        expect(got?.payload.equals(message.payload)).toBe(true)
      }
    }
  })
})

function fail(): never {
  throw new Error('no message')
}
