import { ADTS, EncodedPacketSink, FilePathSource, Input, MP4, type InputFormat } from 'mediabunny'
import { adtsHeaderSize, configInAdts } from '../remux/adts'
import { writeNew, type FileFacts } from '../remux/whole-file'
import { layOut, lengthOf, pictureEntry, soundTrack, type Mp4Track } from '../remux/mp4'
import { FRAME_RATE } from './plan'

/** The parts of a mix and the target. */
export interface JoinOrder {
  /** The scenes in order; together they hold all frames of the mix. */
  chunks: string[]
  frames: number
  /** ADTS; null if no member has audio. */
  sound: string | null
  target: string
  /** Wall clock of the mix's start, ms. */
  recordedAt: number
}

/** Joins scenes and audio to an mp4 with the index first, without encoding again. */
export async function joinMix({ chunks, frames, sound, target, recordedAt }: JoinOrder): Promise<FileFacts> {
  const sources = [await pictureOf(chunks, frames), ...(sound === null ? [] : [await soundOf(sound)])]
  const tracks = sources.map(({ track }) => track)
  const layout = layOut(tracks, recordedAt)
  return await writeNew(target, async (sink) => {
    sink.put(layout.head)
    const data = sources.map((source) => source.data())
    for (const { track, from, to, size } of layout.chunks) {
      const begin = sink.size
      for (let at = from; at < to; at++) {
        const next = await data[track]?.next()
        if (next && next.done !== true) sink.put(next.value)
      }
      if (sink.size !== begin + size) throw new Error('A part of the mix changed while it was read.')
    }
    return lengthOf(tracks)
  })
}

interface Source {
  track: Mp4Track
  /** The samples in order. */
  data(): AsyncGenerator<Buffer>
}

async function pictureOf(paths: readonly string[], frames: number): Promise<Source> {
  const sizes: number[] = []
  const keys: number[] = []
  let config: VideoDecoderConfig | null = null
  for (const path of paths) {
    await reading(path, MP4, async (input) => {
      const track = await input.getPrimaryVideoTrack()
      config ??= (await track?.getDecoderConfig()) ?? null
      if (!track) return
      for await (const { byteLength, type } of new EncodedPacketSink(track).packets(undefined, undefined, SIZES_ONLY)) {
        sizes.push(byteLength)
        keys.push(type === 'key' ? 1 : 0)
      }
    })
  }
  if (config === null) throw new Error('A scene of the mix cannot be read.')
  if (sizes.length !== frames) throw new Error(`A scene has ${sizes.length} of ${frames} frames.`)
  const { codedWidth: width = 0, codedHeight: height = 0, description }: VideoDecoderConfig = config
  const entry = pictureEntry(width, height, bytesOf(description))
  const samples = { sizes, keys, decode: sizes.map((_, at) => at), shifts: null, end: frames }
  return {
    track: { kind: 'video', timescale: FRAME_RATE, entry, width, height, samples },
    async *data() {
      for (const path of paths) yield* packetsOf(path, MP4)
    },
  }
}

async function soundOf(path: string): Promise<Source> {
  return await reading(path, ADTS, async (input) => {
    const track = await input.getPrimaryAudioTrack()
    const config = await track?.getDecoderConfig()
    const sink = track && new EncodedPacketSink(track)
    const first = await sink?.getFirstPacket()
    if (!sink || !config || !first) throw new Error('The mixed audio cannot be read.')
    const { sampleRate, numberOfChannels } = config
    const header = adtsHeaderSize(first.data)
    const sizes: number[] = []
    for await (const { byteLength } of sink.packets(undefined, undefined, SIZES_ONLY)) sizes.push(byteLength - header)
    const description = configInAdts(first.data)
    return {
      track: soundTrack({ channels: numberOfChannels, sampleRate, description }, sizes),
      async *data() {
        for await (const data of packetsOf(path, ADTS)) yield data.subarray(header)
      },
    }
  })
}

const SIZES_ONLY = { metadataOnly: true }

async function reading<Result>(
  path: string,
  format: InputFormat,
  read: (input: Input) => Promise<Result>,
): Promise<Result> {
  const input = new Input({ source: new FilePathSource(path), formats: [format] })
  try {
    return await read(input)
  } finally {
    input.dispose()
  }
}

async function* packetsOf(path: string, format: InputFormat): AsyncGenerator<Buffer> {
  const input = new Input({ source: new FilePathSource(path), formats: [format] })
  try {
    const [track] = await input.getTracks()
    if (!track) return
    for await (const { data } of new EncodedPacketSink(track).packets()) yield bytesOf(data)
  } finally {
    input.dispose()
  }
}

function bytesOf(description: VideoDecoderConfig['description']): Buffer {
  if (description === undefined) throw new Error('A scene of the mix has no configuration.')
  if (!ArrayBuffer.isView(description)) return Buffer.from(description)
  return Buffer.from(description.buffer, description.byteOffset, description.byteLength)
}
