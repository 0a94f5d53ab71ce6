import {
  ADTS,
  EncodedAudioPacketSource,
  EncodedPacketSink,
  EncodedVideoPacketSource,
  FilePathSource,
  Input,
  MP4,
  Mp4OutputFormat,
} from 'mediabunny'
import { factsOf, writeWhole, type FileFacts } from '../finished-file'
import { dateMovie, type Movie } from '../movie-time'
import { withOutput } from '../output'
import { FRAME_RATE } from './plan'

/** The parts of a mix, and where it goes. */
export interface JoinOrder {
  /** The scenes, in their order; together all frames of the mix. */
  chunks: string[]
  frames: number
  /** ADTS; null where nobody has sound. */
  sound: string | null
  target: string
  /** Wall clock of the mix's beginning, ms. */
  recordedAt: number
}

/** Frames that the sound may have at most for each second of picture, generously: AAC of 48 kHz has 47. */
const SOUND_FRAMES = 48

/** Joins scenes and sound to one mp4 that plays while it loads; nothing is encoded again. */
export async function joinMix({ chunks, frames, sound, target, recordedAt }: JoinOrder): Promise<FileFacts> {
  await writeWhole(target, async (part) => {
    const movies: Movie[] = []
    const onMoov = (data: Uint8Array, position: number): void =>
      void movies.push({ bytes: Buffer.from(data), position })
    await withOutput(new Mp4OutputFormat({ fastStart: 'reserve', onMoov }), part, async (output) => {
      const picture = new EncodedVideoPacketSource('avc')
      output.addVideoTrack(picture, { maximumPacketCount: frames })
      const voice = sound === null ? null : new EncodedAudioPacketSource('aac')
      const room = Math.ceil((frames / FRAME_RATE + 2) * SOUND_FRAMES)
      if (voice) output.addAudioTrack(voice, { maximumPacketCount: room })
      await output.start()
      const heard = sound === null ? null : soundOf(sound)
      let waiting = await heard?.next()
      const addSound = async (until: number): Promise<void> => {
        while (waiting && !waiting.done && waiting.value.packet.timestamp <= until) {
          const { packet, decoderConfig } = waiting.value
          await voice?.add(packet, { decoderConfig })
          waiting = await heard?.next()
        }
      }
      let frame = 0
      for (const chunk of chunks) {
        for await (const { packet, decoderConfig } of pictureOf(chunk)) {
          const timestamp = frame++ / FRAME_RATE
          await addSound(timestamp)
          await picture.add(packet.clone({ timestamp, duration: 1 / FRAME_RATE }), { decoderConfig })
        }
      }
      if (frame !== frames) throw new Error(`${frame} of ${frames} pictures were drawn.`)
      await addSound(Infinity)
    })
    for (const movie of movies) await dateMovie(part, movie, recordedAt)
  })
  return await factsOf(target)
}

async function* soundOf(path: string) {
  const input = new Input({ source: new FilePathSource(path), formats: [ADTS] })
  try {
    const track = await input.getPrimaryAudioTrack()
    const decoderConfig = await track?.getDecoderConfig()
    if (!track || !decoderConfig) throw new Error('The mixed sound cannot be read.')
    for await (const packet of new EncodedPacketSink(track).packets()) yield { packet, decoderConfig }
  } finally {
    input.dispose()
  }
}

async function* pictureOf(path: string) {
  const input = new Input({ source: new FilePathSource(path), formats: [MP4] })
  try {
    const track = await input.getPrimaryVideoTrack()
    const decoderConfig = await track?.getDecoderConfig()
    if (!track || !decoderConfig) throw new Error('A scene of the mix cannot be read.')
    for await (const packet of new EncodedPacketSink(track).packets()) yield { packet, decoderConfig }
  } finally {
    input.dispose()
  }
}
