/** The structure of a finished file, by a foreign reader. */
import { readFileSync } from 'node:fs'
import { ADTS, EncodedPacketSink, FilePathSource, Input, MP4, type InputTrack } from 'mediabunny'

interface TrackFacts {
  codec: string | null
  /** Seconds. */
  times: number[]
  durations: number[]
  sizes: number[]
  keys: boolean[]
  /** From the file; null if it has none. */
  end: number | null
}
interface MediaFacts {
  duration: number
  audio: (TrackFacts & { sampleRate: number; channels: number }) | null
  video: (TrackFacts & { width: number; height: number }) | null
}

/** The structure of a finished file, packet by packet. Times in seconds. */
export async function readMedia(path: string): Promise<MediaFacts> {
  const input = new Input({ source: new FilePathSource(path), formats: [MP4, ADTS] })
  try {
    const audio = await input.getPrimaryAudioTrack()
    const video = await input.getPrimaryVideoTrack()
    return {
      duration: (await input.getDurationFromMetadata()) ?? (await input.computeDuration()),
      audio: audio && {
        ...(await readTrack(audio)),
        sampleRate: await audio.getSampleRate(),
        channels: await audio.getNumberOfChannels(),
      },
      video: video && {
        ...(await readTrack(video)),
        width: await video.getCodedWidth(),
        height: await video.getCodedHeight(),
      },
    }
  } finally {
    input.dispose()
  }
}

async function readTrack(track: InputTrack): Promise<TrackFacts> {
  const facts: TrackFacts = { codec: await track.getCodec(), times: [], durations: [], sizes: [], keys: [], end: null }
  facts.end = await track.getDurationFromMetadata()
  for await (const packet of new EncodedPacketSink(track).packets()) {
    facts.times.push(packet.timestamp)
    facts.durations.push(packet.duration)
    facts.sizes.push(packet.byteLength)
    facts.keys.push(packet.type === 'key')
  }
  return facts
}

/** The types of an mp4's outermost boxes, in order. */
export function boxesOf(path: string): string[] {
  const file = readFileSync(path)
  const boxes: string[] = []
  for (let at = 0; at + 8 <= file.length;) {
    boxes.push(file.toString('latin1', at + 4, at + 8))
    const size = file.readUInt32BE(at)
    at += size === 1 ? Number(file.readBigUInt64BE(at + 8)) : size
  }
  return boxes
}
