import { parseAacConfig } from '../../../server/media/codec/aac'
import { parseAvcConfig } from '../../../server/media/codec/avc'
import { configFor } from './aac-config'

/** Configurations as x264 writes them. */
const CONFIGS = {
  'high, cropped on both sides':
    '01640028ffe1001b67640028acd940780227a9b0110000030001000003001e0f18319601000668ebe3cb22c0fdf8f800',
  'baseline, upright': '0142c016ffe100196742c016d9017051e5f0110000030001000003001e0f162e4801000568cb83cb20',
  'full chroma': '01f4000cffe1001a67f4000c919b282a10f1f1f80880000003008000000f078a14cb01000668ebe3c44844fff8f800',
  'half chroma': '017a000cffe1001b677a000cbcd9415087888fc044000003000400000300783c50a65801000668ebe3cb22c0fef8f800',
  interlaced: '014d401effe10019674d401eeca05a127e4c0440000003004000000c87c50a658001000568fba3cb20',
}
const config = (name: keyof typeof CONFIGS): Buffer => Buffer.from(CONFIGS[name], 'hex')

test.each([
  ['high, cropped on both sides', 1918, 1078, 'avc1.640028'],
  ['baseline, upright', 360, 640, 'avc1.42c016'],
  ['full chroma', 322, 242, 'avc1.f4000c'],
  ['half chroma', 322, 242, 'avc1.7a000c'],
  ['interlaced', 720, 564, 'avc1.4d401e'],
] as const)('reads the picture size: %s', (name, width, height, codec) => {
  expect(parseAvcConfig(config(name))).toEqual({ codec, width, height })
})

test('an invalid configuration is rejected with the reason', () => {
  const good = config('baseline, upright')
  expect(() => parseAvcConfig(Buffer.alloc(0))).toThrow('has no parameter sets')
  expect(() => parseAvcConfig(Buffer.from([0, 0, 0, 1, 0x67, 0x42, 0xc0]))).toThrow('has no parameter sets')
  for (let length = 0; length < 16; length++) {
    expect(() => parseAvcConfig(good.subarray(0, length))).toThrow(/H\.264 configuration/)
  }
  expect(() => parseAvcConfig(Buffer.concat([good.subarray(0, 8), Buffer.alloc(64)]))).toThrow('truncated')
})

test('a configuration that an .aac file cannot hold is rejected with the reason', () => {
  expect(() => parseAacConfig(Buffer.from([0x11]))).toThrow('truncated')
  expect(() => parseAacConfig(configFor(15, 2))).toThrow('no standard sample rate')
  expect(() => parseAacConfig(configFor(3, 0))).toThrow('channel configuration')
  expect(() => parseAacConfig(Buffer.from([0x09, 0x88]))).toThrow('object type 1')
})
