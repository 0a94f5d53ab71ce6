import {
  AdtsOutputFormat,
  EncodedAudioPacketSource,
  EncodedPacket,
  EncodedVideoPacketSource,
  Mp4OutputFormat,
} from 'mediabunny'
import { AudioGrid, type PlacedFrame } from './audio-grid'
import { dateMovie, type Movie } from './movie-time'
import { withOutput } from './output'
import type { AudioPacket, VideoPacket } from './packets'
import { readSegment } from './segment-reader'
import type { Piece } from './segment-timeline'
import { VideoOrder } from './video-order'

/** Writes a piece's sound as ADTS: as long as the piece, silence where nothing came. */
export async function writeAac(piece: Piece, path: string): Promise<void> {
  const sound = soundOf(piece)
  if (sound === null) throw new Error('The piece has no sound.')
  await withOutput(new AdtsOutputFormat(), path, async (output) => {
    output.addAudioTrack(sound.source)
    await output.start()
    for await (const packet of packetsOf(piece)) {
      if (packet.kind === 'audio') await sound.add(sound.grid.place(packet.timestamp, packet.data))
    }
    await sound.add(sound.grid.fill(piece.end - piece.start))
  })
}

/**
 * Writes a piece as an mp4 whose index comes first, so that it plays while it loads. The picture begins at its own
 * time and is held where nothing came; sound, where the piece's participant wanted it recorded, begins at 0.
 * `recordedAt`: wall clock of the piece's start, ms.
 */
export async function writeMp4(piece: Piece, path: string, recordedAt: number): Promise<void> {
  const sound = soundOf(piece)
  const picture = piece.segments.find(({ segment }) => segment.video)?.segment.video
  if (!picture) throw new Error('The piece has no picture.')
  const { codec, width, height } = picture.config
  const source = new EncodedVideoPacketSource('avc')
  const decoderConfig = { codec, codedWidth: width, codedHeight: height, description: picture.description }
  const order = new VideoOrder()
  const addPicture = async (frames: Iterable<PlacedFrame>): Promise<void> => {
    for (const frame of frames) await source.add(packetFor(frame), { decoderConfig })
  }
  const movies: Movie[] = []
  const onMoov = (data: Uint8Array, position: number): void => void movies.push({ bytes: Buffer.from(data), position })
  await withOutput(new Mp4OutputFormat({ fastStart: 'reserve', onMoov }), path, async (output) => {
    // What the library must know before the first packet, to leave room for the index and to write without waiting.
    const pictures = piece.segments.reduce((sum, { segment }) => sum + (segment.video?.frames ?? 0), 0)
    output.addVideoTrack(source, { decoderConfig, maximumPacketCount: pictures })
    if (sound)
      output.addAudioTrack(sound.source, { decoderConfig: sound.decoderConfig, maximumPacketCount: sound.room })
    await output.start()
    for await (const packet of packetsOf(piece)) {
      if (packet.kind === 'break') order.break()
      else if (packet.kind === 'video') await addPicture(order.place(packet.timestamp, packet))
      else await sound?.add(sound.grid.place(packet.timestamp, packet.data))
    }
    await addPicture(order.finish(piece.end - piece.start))
    await sound?.add(sound.grid.fill(piece.end - piece.start))
  })
  for (const movie of movies) await dateMovie(path, movie, recordedAt)
}

function soundOf(piece: Piece) {
  const track = piece.segments.find(({ segment }) => segment.audio)?.segment.audio
  if (!track) return null
  const { codec, sampleRate, channels, frameLength } = track.config
  const decoderConfig = { codec, sampleRate, numberOfChannels: channels, description: track.description }
  const source = new EncodedAudioPacketSource('aac')
  return {
    source,
    decoderConfig,
    grid: new AudioGrid(track.config),
    /** Frames that the piece can hold at most. */
    room: Math.ceil((piece.end - piece.start) / frameLength) + 4,
    async add(frames: Iterable<PlacedFrame>): Promise<void> {
      for (const frame of frames) await source.add(packetFor(frame), { decoderConfig })
    },
  }
}

/**
 * The piece's packets with time stamps in the file, ms; a break where the next packets do not follow on the last
 * ones.
 */
async function* packetsOf(piece: Piece): AsyncGenerator<AudioPacket | VideoPacket | { kind: 'break' }> {
  for (const { segment, offset } of piece.segments) {
    yield { kind: 'break' }
    const shift = offset - piece.start
    for await (const packet of readSegment(segment.path, segment.allowed)) {
      if (packet.kind === 'damage') yield { kind: 'break' }
      if (packet.kind !== 'audio' && packet.kind !== 'video') continue
      // Frames of a track that the survey found unusable have no place in the file.
      if (segment[packet.kind] !== null) yield { ...packet, timestamp: packet.timestamp + shift }
    }
  }
}

function packetFor({ data, key, time, duration }: PlacedFrame): EncodedPacket {
  return new EncodedPacket(data, key ? 'key' : 'delta', time, duration)
}
