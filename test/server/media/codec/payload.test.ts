/** Tag bodies as encoders really send them: each is converted to what decoders accept, or reported. */
import { AUDIO, VIDEO } from '../../../../server/media/flv'
import { PayloadReader } from '../../../../server/media/payload'
import { audioConfig, audioFrame, frame, keyFrame, videoConfig } from '../../../support/media-tags'

const config = videoConfig().payload
const key = keyFrame(0).payload
const delta = frame(0).payload
const START = Buffer.of(0, 0, 0, 1)
/** User data: a 16-byte identifier and one byte. */
const SEI = Buffer.from('060511000102030405060708090a0b0c0d0e0f0780', 'hex')
const DELIMITER = Buffer.of(9, 0xf0)
const FILLER = Buffer.from('0cffff80', 'hex')
const END = Buffer.of(10)

/** The NAL units of a tag body of the fixture. */
function nalsOf(body: Buffer): Buffer[] {
  const nals: Buffer[] = []
  for (let at = 5; at < body.length;) {
    const size = body.readUInt32BE(at)
    nals.push(body.subarray(at + 4, at + 4 + size))
    at += 4 + size
  }
  return nals
}
const withLengths = (nals: readonly Buffer[]): Buffer =>
  Buffer.concat(
    nals.flatMap((nal) => {
      const length = Buffer.alloc(4)
      length.writeUInt32BE(nal.length)
      return [length, nal]
    }),
  )
const annexB = (nals: readonly Buffer[], code = START): Buffer => Buffer.concat(nals.flatMap((nal) => [code, nal]))
const tag = (body: Buffer, data: Buffer, head = body.readUInt8(0)): Buffer =>
  Buffer.concat([Buffer.of(head), body.subarray(1, 5), data])
/** The parameter sets of the fixture's configuration. */
const spsSize = config.readUInt16BE(5 + 6)
const SPS = config.subarray(5 + 8, 5 + 8 + spsSize)
const PPS = config.subarray(5 + 8 + spsSize + 3)

let reader: PayloadReader
beforeEach(() => (reader = new PayloadReader()))
/** Kinds and bodies of the resulting tags. */
const read = (body: Buffer, type: 8 | 9 = VIDEO) => {
  const { payloads, repairs } = reader.read(type, body)
  return { made: payloads.map(({ kind, body }) => [kind, body.toString('hex')]), repairs }
}
const hex = (kind: string, body: Buffer): [string, string] => [kind, body.toString('hex')]

describe('H.264', () => {
  beforeEach(() => void reader.read(VIDEO, config))

  test('that is valid is passed on unchanged', () => {
    for (const [kind, body] of [
      ['video-key', key],
      ['video', delta],
    ] as const) {
      const { payloads, repairs } = reader.read(VIDEO, body)
      expect(payloads).toEqual([{ kind, body, delay: 0 }])
      expect(payloads[0]?.body).toBe(body)
      expect(repairs).toEqual([])
    }
  })

  test.each([
    ['empty units', withLengths([Buffer.alloc(0), ...nalsOf(key), Buffer.alloc(0)]), []],
    ['a delimiter, filler and an end of sequence', withLengths([DELIMITER, ...nalsOf(key), FILLER, END]), []],
    ['start codes of 4 bytes', annexB(nalsOf(key)), ['start-codes']],
    ['start codes of 3 bytes', annexB(nalsOf(key), START.subarray(1)), ['start-codes']],
    ['start codes, with a delimiter', annexB([DELIMITER, ...nalsOf(key)]), ['start-codes']],
    ['a last unit that is cut off', Buffer.concat([key.subarray(5), Buffer.of(0, 0, 1, 0, 0x41)]), ['cut-off']],
    ['the parameter sets that the configuration has', withLengths([SPS, PPS, ...nalsOf(key)]), []],
  ])('with %s', (_, data, repairs) => {
    expect(read(tag(key, data))).toEqual({ made: [hex('video-key', key)], repairs })
  })

  test.each([
    ['an IDR picture that is not flagged', tag(key, key.subarray(5), 0x27), hex('video-key', key)],
    ['a picture that refers to others, flagged as key', tag(delta, delta.subarray(5), 0x17), hex('video', delta)],
  ])('%s', (_, body, made) => {
    expect(read(body)).toEqual({ made: [made], repairs: ['key-flag'] })
  })

  test.each(['0605010080', '0605200102', '06ffff', '06'])(
    'supplemental information that is cut off (%s) is left out',
    (sei) => {
      const data = withLengths([Buffer.from(sei, 'hex'), ...nalsOf(delta)])
      expect(read(tag(delta, data))).toEqual({ made: [hex('video', delta)], repairs: ['bad-sei'] })
    },
  )

  test('SEI units alone wait for their picture', () => {
    expect(read(tag(delta, withLengths([SEI])))).toEqual({ made: [], repairs: ['no-picture'] })
    expect(read(delta)).toEqual({ made: [hex('video', tag(delta, withLengths([SEI, ...nalsOf(delta)])))], repairs: [] })
  })

  test('an empty tag is reported', () => {
    expect(read(tag(delta, withLengths([Buffer.alloc(0)])))).toEqual({ made: [], repairs: ['empty'] })
  })

  test('a repeated configuration is ignored; so is an empty one', () => {
    expect(read(config)).toEqual({ made: [], repairs: [] })
    expect(read(Buffer.from('1700000000014200', 'hex'))).toEqual({ made: [], repairs: ['bad-config'] })
    expect(read(key).made).toEqual([hex('video-key', key)])
  })

  test('new parameter sets in a key frame become the configuration', () => {
    const other = Buffer.from(SPS)
    other[3] = 0x1e
    const { made, repairs } = read(tag(key, withLengths([other, PPS, ...nalsOf(key)])))
    expect(repairs).toEqual(['inband-config'])
    expect(made.map(([kind]) => kind)).toEqual(['video-config', 'video-key'])
    expect(made[0]?.[1]).toContain(other.toString('hex'))
    expect(made[1]).toEqual(hex('video-key', key))
  })

  test('new parameter sets after another picture become the configuration of the next key frame', () => {
    const other = Buffer.from(SPS)
    other[3] = 0x1e
    read(tag(delta, withLengths([...nalsOf(delta), other, PPS])))
    const { made } = read(key)
    expect(made.map(([kind]) => kind)).toEqual(['video-config', 'video-key'])
    expect(made[0]?.[1]).toContain(other.toString('hex'))
    expect(read(key).made).toEqual([hex('video-key', key)])
  })

  // A length of 256 to 511 bytes begins like a start code of 3 bytes.
  test.each([0x107, 0x165, 0x1ff])('SEI units of %i bytes are not read as start codes', (size) => {
    const data = withLengths([seiOf(size)])
    expect(read(tag(delta, data))).toEqual({ made: [], repairs: ['no-picture'] })
    const { made, repairs } = read(delta)
    expect(made).toEqual([hex('video', tag(delta, Buffer.concat([data, delta.subarray(5)])))])
    expect(repairs).toEqual([])
  })

  test.each([0x107, 0x165, 0x1ff])('a picture of %i bytes that is cut off is reported as unreadable', (size) => {
    expect(read(delta).repairs).toEqual([])
    const slice = Buffer.alloc(size, nalsOf(delta)[0])
    const data = withLengths([slice]).subarray(0, size - 10)
    expect(read(tag(delta, data))).toEqual({ made: [], repairs: ['unreadable'] })
  })

  test('parameter sets with ever new ids do not accumulate', () => {
    const sizes = Array.from({ length: 300 }, (_, id) => {
      const { made } = read(tag(key, withLengths([SPS, ppsOf(id % 256, 500 + id), ...nalsOf(key)])))
      return made.find(([kind]) => kind === 'video-config')?.[1]?.length ?? 0
    })
    expect(Math.max(...sizes) / 2).toBeLessThan(64 << 10)
    expect(read(key).made).toEqual([hex('video-key', key)])
  })

  test('a parameter set that no configuration can hold is left out of it', () => {
    const huge = ppsOf(1, 70_000)
    const { made } = read(tag(key, withLengths([huge, ...nalsOf(key)])))
    expect(made.map(([kind]) => kind)).toEqual(['video-key'])
  })
})

/** User data of this size. */
function seiOf(size: number): Buffer {
  const length = size - 5
  return Buffer.concat([Buffer.of(6, 5, 255, length - 255), Buffer.alloc(length, 0x11), Buffer.of(0x80)])
}
/** A picture parameter set with this id (Exp-Golomb) and size. */
function ppsOf(id: number, size: number): Buffer {
  const bits = (id + 1).toString(2)
  const code = '0'.repeat(bits.length - 1) + bits
  const bytes = Array.from({ length: 3 }, (_, at) => Number.parseInt(code.padEnd(24, '1').slice(at * 8, at * 8 + 8), 2))
  return Buffer.concat([Buffer.of(0x68, ...bytes), Buffer.alloc(size - 4, 0x55)])
}

test.each([
  ['HEVC in Enhanced RTMP', VIDEO, Buffer.from('9168766331000000aabbcc', 'hex'), ['no-config']],
  ['several tracks in one packet', VIDEO, Buffer.from('961061766331000000aabbcc', 'hex'), ['unsupported']],
  ['a packet with modifiers', VIDEO, Buffer.from('9700001061766331aabbcc', 'hex'), ['unsupported']],
  ['several audio tracks in one packet', AUDIO, Buffer.from('95106d703461aabbcc', 'hex'), ['unsupported']],
] as const)('%s is reported', (_, type, body, repairs) => {
  expect(read(body, type)).toEqual({ made: [], repairs })
})

test('parameter sets only in a key frame become the configuration; earlier frames are reported', () => {
  expect(read(delta)).toEqual({ made: [], repairs: ['no-config'] })
  const { made } = read(tag(key, annexB([SPS, PPS, ...nalsOf(key)])))
  expect(made).toEqual([hex('video-config', config), hex('video-key', key)])
})

test('a configuration with start codes, and lengths of 2 bytes', () => {
  expect(read(Buffer.concat([config.subarray(0, 5), annexB([SPS, PPS])])).made).toEqual([hex('video-config', config)])
  reader = new PayloadReader()
  const short = Buffer.from(config)
  short[5 + 4] = 0xfd
  expect(read(short).made).toEqual([hex('video-config', config)])
  const [first = Buffer.alloc(0)] = nalsOf(key)
  const data = Buffer.concat([Buffer.of(first.length >> 8, first.length & 255), first])
  expect(read(tag(key, data)).made).toEqual([hex('video-key', key)])
})

const adts = (raw: Buffer): Buffer => {
  const length = raw.length + 7
  return Buffer.concat([
    Buffer.of(0xff, 0xf1, 0x50, 0x40 | (length >> 11), (length >> 3) & 255, ((length & 7) << 5) | 0x1f, 0xfc),
    raw,
  ])
}

const sound = (data: Buffer): Buffer => Buffer.concat([Buffer.of(0xaf, 1), data])

describe('AAC', () => {
  const raw = audioFrame(0).payload.subarray(2)

  test('an empty configuration is ignored, the right one used', () => {
    expect(read(Buffer.of(0xaf, 0), AUDIO)).toEqual({ made: [], repairs: ['bad-config'] })
    expect(read(audioConfig().payload, AUDIO).made).toEqual([hex('audio-config', audioConfig().payload)])
    expect(read(audioFrame(0).payload, AUDIO).made).toEqual([hex('audio', audioFrame(0).payload)])
  })

  test('frames with ADTS headers are extracted one by one', () => {
    reader.read(AUDIO, audioConfig().payload)
    const { payloads, repairs } = reader.read(AUDIO, sound(Buffer.concat([adts(raw), adts(raw)])))
    expect(repairs).toEqual(['adts'])
    expect(payloads.map(({ kind, body, delay }) => [kind, body.toString('hex'), delay])).toEqual([
      ['audio', sound(raw).toString('hex'), 0],
      ['audio', sound(raw).toString('hex'), 23],
    ])
  })

  test('the ADTS header replaces a missing configuration', () => {
    const { made } = read(sound(adts(raw)), AUDIO)
    expect(made).toEqual([['audio-config', 'af001208'], hex('audio', sound(raw))])
  })
})
