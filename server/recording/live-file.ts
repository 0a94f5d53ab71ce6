import { createWriteStream } from 'node:fs'
import { once } from 'node:events'
import { finished } from 'node:stream/promises'
import { encodeAmf } from '../media/amf0'
import { flvHeader } from '../media/flv'
import type { AudioPacket, VideoPacket } from './packets'
import { readSegment } from './segment-reader'
import type { PlacedSegment } from './segment-timeline'
import { encodeTag, TAG_TYPE } from './spool-format'

/** FLV's first byte of an AAC tag, and of H.264 tags. */
const AAC = 0xaf
const KEY = 0x17
const DELTA = 0x27
const CONFIG = 0
const FRAME = 1

/**
 * Writes a participant's live recording: its stream as one FLV file, frame by frame as it came, with the pauses that
 * it had. A new codec configuration is told in place, as in the live stream. `length`: ms.
 */
export async function writeLive(placed: readonly PlacedSegment[], path: string, length: number): Promise<void> {
  const file = createWriteStream(path)
  // A failure ends the file, and is thrown by whatever is awaited next.
  const failed = new AbortController()
  file.on('error', (error) => failed.abort(error))
  const put = async (bytes: Buffer): Promise<void> => {
    failed.signal.throwIfAborted()
    if (!file.write(bytes)) await once(file, 'drain', { signal: failed.signal })
  }
  try {
    const tracks = {
      audio: placed.some(({ segment }) => segment.audio),
      video: placed.some(({ segment }) => segment.video),
    }
    await put(flvHeader(tracks))
    await put(encodeTag(TAG_TYPE.script, 0, encodeAmf('onMetaData', { duration: length / 1000 })))
    for (const { segment, offset, start } of placed) {
      const { audio, video } = segment
      if (video) await put(encodeTag(TAG_TYPE.video, timeOf(start), videoTag(KEY, CONFIG, 0, video.description)))
      if (audio) await put(encodeTag(TAG_TYPE.audio, timeOf(start), audioTag(CONFIG, audio.description)))
      for await (const packet of readSegment(segment.path, segment.allowed)) {
        if (packet.kind !== 'audio' && packet.kind !== 'video') continue
        if (segment[packet.kind] !== null) await put(tagOf(packet, offset))
      }
    }
    file.end()
    await finished(file)
  } catch (error) {
    file.destroy()
    throw failed.signal.aborted ? failed.signal.reason : error
  }
}

const timeOf = (ms: number): number => Math.max(0, Math.round(ms))

function tagOf(packet: AudioPacket | VideoPacket, offset: number): Buffer {
  const timestamp = timeOf(packet.timestamp + offset)
  if (packet.kind === 'audio') return encodeTag(TAG_TYPE.audio, timestamp, audioTag(FRAME, packet.data))
  const payload = videoTag(packet.key ? KEY : DELTA, FRAME, packet.shift, packet.data)
  return encodeTag(TAG_TYPE.video, timestamp, payload)
}

const audioTag = (type: number, data: Buffer): Buffer => Buffer.concat([Buffer.of(AAC, type), data])

function videoTag(first: number, type: number, shift: number, data: Buffer): Buffer {
  const head = Buffer.of(first, type, 0, 0, 0)
  head.writeIntBE(shift, 2, 3)
  return Buffer.concat([head, data])
}
