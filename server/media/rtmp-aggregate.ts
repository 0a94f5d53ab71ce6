import { BadInput } from './errors'
import { AGGREGATE, type RtmpMessage } from './rtmp-chunks'

const HEADER = 11
const TRAILER = 4

/** The messages of an aggregate: FLV tags with timestamps relative to the first one. */
export function* splitAggregate({ timestamp, streamId, payload }: RtmpMessage): Generator<RtmpMessage, void> {
  let first: number | null = null
  for (let at = 0; at + HEADER <= payload.length;) {
    const type = payload.readUInt8(at) & 31
    const end = at + HEADER + payload.readUIntBE(at + 1, 3)
    const time = (payload.readUIntBE(at + 4, 3) | (payload.readUInt8(at + 7) << 24)) >>> 0
    if (end > payload.length || type === AGGREGATE) throw new BadInput('RTMP: bad aggregate message')
    first ??= time
    yield { type, timestamp: (timestamp + time - first) >>> 0, streamId, payload: payload.subarray(at + HEADER, end) }
    at = end + TRAILER
  }
}
