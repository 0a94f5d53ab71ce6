import { parseAacConfig } from '../../../server/recording/aac'
import { configFor } from './aac-config'

test('rejects a configuration that an .aac file cannot hold, with the reason', () => {
  expect(() => parseAacConfig(Buffer.from([0x11]))).toThrow('cut off')
  expect(() => parseAacConfig(configFor(15, 2))).toThrow('no standard sample rate')
  expect(() => parseAacConfig(configFor(3, 0))).toThrow('channel configuration')
  expect(() => parseAacConfig(Buffer.from([0x09, 0x88]))).toThrow('object type 1')
})
