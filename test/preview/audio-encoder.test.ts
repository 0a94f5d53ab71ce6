/** mediabunny logs each sample that is not closed; this encoder never finishes any. */
import { AudioPipeline } from '../../preview/media/audio-encoder'
import { deferred } from '../support/deferred'

const mockSamples: { closed: boolean }[] = []
const mockOutputs: { cancelled: boolean }[] = []
let mockStarted: Promise<void>
jest.mock('mediabunny', () => ({
  canEncodeAudio: () => Promise.resolve(true),
  Mp4OutputFormat: jest.fn(),
  NullTarget: jest.fn(),
  Output: class {
    cancelled = false
    constructor() {
      mockOutputs.push(this)
    }
    addAudioTrack() {}
    start = () => mockStarted
    cancel = () => Promise.resolve((this.cancelled = true))
  },
  AudioSampleSource: class {
    add = () => new Promise(() => {})
  },
  AudioSample: class {
    closed = false
    constructor() {
      mockSamples.push(this)
    }
    close() {
      this.closed = true
    }
  },
}))

beforeEach(() => {
  jest.useFakeTimers()
  for (const list of [mockSamples, mockOutputs]) list.length = 0
  mockStarted = Promise.resolve()
})
afterEach(() => jest.useRealTimers())

async function silence(): Promise<AudioPipeline> {
  const output = { config() {}, frame() {}, level() {}, failed: (error: unknown) => expect(error).toBeNull() }
  const pipeline = await AudioPipeline.open(0, output)
  pipeline.source(null)
  return pipeline
}

test('closing closes the samples queued in the encoder', async () => {
  const pipeline = await silence()
  await jest.advanceTimersByTimeAsync(300)
  expect(mockSamples).toEqual([{ closed: false }, { closed: false }, { closed: false }])
  pipeline.close()
  await jest.advanceTimersByTimeAsync(300)
  expect(mockSamples).toEqual([{ closed: true }, { closed: true }, { closed: true }])
  expect(mockOutputs).toMatchObject([{ cancelled: true }])
})

test('one encoder is started, and cancelled even if it was closed meanwhile', async () => {
  const starting = deferred<void>()
  mockStarted = starting.promise
  const pipeline = await silence()
  await jest.advanceTimersByTimeAsync(300)
  pipeline.close()
  starting.resolve(undefined)
  await jest.advanceTimersByTimeAsync(0)
  expect(mockOutputs).toMatchObject([{ cancelled: true }])
  expect(mockSamples).toEqual([])
})
