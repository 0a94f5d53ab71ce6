import {
  AdtsOutputFormat,
  EncodedAudioPacketSource,
  EncodedPacket,
  EncodedVideoPacketSource,
  Mp4OutputFormat,
} from 'mediabunny'
import { AudioGrid, type PlacedFrame } from './audio-grid'
import { dateMovie, type Movie } from './movie-time'
import type { Fates } from './frame-account'
import { numberedPackets } from './numbered-packets'
import { withOutput } from './output'
import type { ParticipantTimeline, Piece } from './participant-timeline'
import { VideoOrder } from './video-order'

/** Writes a piece's sound as ADTS: as long as the piece, silence where nothing came. */
export async function writeAac(timeline: ParticipantTimeline, piece: Piece, path: string, fates: Fates): Promise<void> {
  const sound = soundOf(piece)
  if (sound === null) throw new Error('The piece has no sound.')
  await withOutput(new AdtsOutputFormat(), path, async (output) => {
    output.addAudioTrack(sound.source)
    await output.start()
    for await (const packet of numberedPackets(timeline.publications)) {
      if (packet.kind !== 'audio' || !piece.hasSound(packet.number)) continue
      await sound.add(sound.grid.place(timeline.soundAt(packet.number) - piece.start, packet.data))
      fates.audio.written(packet.number)
    }
    await sound.add(sound.grid.fill(piece.end - piece.start))
  })
}

/**
 * Writes a piece as an mp4 whose index comes first, so that it plays while it loads. The picture begins at its own
 * time and is held where nothing came; sound, where the piece's participant wanted it recorded, begins at 0.
 * `recordedAt`: wall clock of the piece's start, ms; `fates`: are told what became of each frame.
 */
export async function writeMp4(
  timeline: ParticipantTimeline,
  piece: Piece,
  path: string,
  { recordedAt, fates }: { recordedAt: number; fates: Fates },
): Promise<void> {
  const { picture } = piece
  if (!picture) throw new Error('The piece has no picture.')
  const sound = soundOf(piece)
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
    output.addVideoTrack(source, { decoderConfig, maximumPacketCount: picture.frames })
    if (sound)
      output.addAudioTrack(sound.source, { decoderConfig: sound.decoderConfig, maximumPacketCount: sound.room })
    await output.start()
    for await (const packet of numberedPackets(timeline.publications)) {
      if (packet.kind === 'break') order.break()
      else if (packet.kind === 'audio') {
        if (!sound || !piece.hasSound(packet.number)) continue
        await sound.add(sound.grid.place(timeline.soundAt(packet.number) - piece.start, packet.data))
        fates.audio.written(packet.number)
      } else if (piece.hasPicture(packet.number)) {
        const place = timeline.placeOf(timeline.pictures[packet.number] ?? 0)
        if (order.takes(packet)) fates.video.written(packet.number)
        else fates.video.dropped(packet.number, 'no-key-frame')
        await addPicture(order.place(place - piece.start, packet))
      }
    }
    await addPicture(order.finish(piece.end - piece.start))
    await sound?.add(sound.grid.fill(piece.end - piece.start))
  })
  for (const movie of movies) await dateMovie(path, movie, recordedAt)
}

function soundOf({ sound, start, end }: Piece) {
  if (!sound) return null
  const { codec, sampleRate, channels, frameLength } = sound.config
  const decoderConfig = { codec, sampleRate, numberOfChannels: channels, description: sound.description }
  const source = new EncodedAudioPacketSource('aac')
  return {
    source,
    decoderConfig,
    grid: new AudioGrid(sound.config),
    /** Frames that the piece can hold at most. */
    room: Math.ceil((end - start) / frameLength) + 4,
    async add(frames: Iterable<PlacedFrame>): Promise<void> {
      for (const frame of frames) await source.add(packetFor(frame), { decoderConfig })
    },
  }
}

function packetFor({ data, key, time, duration }: PlacedFrame): EncodedPacket {
  return new EncodedPacket(data, key ? 'key' : 'delta', time, duration)
}
