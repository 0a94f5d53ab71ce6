/** Reads a live track's frames with `MediaStreamTrackProcessor` (Chromium only). */
type Frame = VideoFrame | AudioData

export class UnsupportedBrowser extends Error {
  override readonly name = 'UnsupportedBrowser'
}

export function readVideo(track: MediaStreamTrack): ReadableStreamDefaultReader<VideoFrame> {
  return reader<VideoFrame>(track, 2)
}
export function readAudio(track: MediaStreamTrack): ReadableStreamDefaultReader<AudioData> {
  return reader<AudioData>(track)
}

function reader<F extends Frame>(track: MediaStreamTrack, maxBufferSize?: number): ReadableStreamDefaultReader<F> {
  const Processor: unknown = Reflect.get(globalThis, 'MediaStreamTrackProcessor')
  if (typeof Processor !== 'function') {
    throw new UnsupportedBrowser('This browser cannot publish: open the page in Chrome, Edge or Chromium.')
  }
  const options = maxBufferSize === undefined ? { track } : { track, maxBufferSize }
  const processor: unknown = Reflect.construct(Processor, [options])
  if (!hasFrames<F>(processor)) throw new UnsupportedBrowser('This browser cannot read its camera and microphone.')
  return processor.readable.getReader()
}

function hasFrames<F>(processor: unknown): processor is { readable: ReadableStream<F> } {
  return typeof processor === 'object' && processor !== null && 'readable' in processor
}
