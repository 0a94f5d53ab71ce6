import { type AmfValue, encodeAmf } from './amf0'
import {
  ACKNOWLEDGEMENT,
  AMF0_COMMAND,
  AMF0_DATA,
  encodeMessage,
  MEDIA_STREAM,
  OUT_CHUNK_SIZE,
  PEER_BANDWIDTH,
  SET_CHUNK_SIZE,
  USER_CONTROL,
  WINDOW_SIZE,
} from './rtmp-chunks'

/** Encoded messages of the server. */

/** Default acknowledgement window, bytes. */
export const ACK_WINDOW = 2_500_000

const DYNAMIC_LIMIT = 2
const STREAM_BEGIN = 0
export const PING_REQUEST = 6
const PING_RESPONSE = 7

function control(type: number, payload: Buffer): Buffer {
  return encodeMessage({ type, timestamp: 0, streamId: 0, payload })
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value >>> 0)
  return bytes
}

function userControl(event: number, value: number): Buffer {
  return control(USER_CONTROL, Buffer.concat([Buffer.of(0, event), uint32(value)]))
}

export const acknowledgement = (received: number) => control(ACKNOWLEDGEMENT, uint32(received))
export const pingRequest = (time: number) => userControl(PING_REQUEST, time)
export const pingResponse = (time: number) => userControl(PING_RESPONSE, time)

export function command(name: string, transaction: number, ...values: AmfValue[]): Buffer {
  return encodeMessage({
    type: AMF0_COMMAND,
    timestamp: 0,
    streamId: 0,
    payload: encodeAmf(name, transaction, ...values),
  })
}

export function status(level: 'status' | 'error', code: string, description: string): Buffer {
  const payload = encodeAmf('onStatus', 0, null, { level, code, description })
  return encodeMessage({ type: AMF0_COMMAND, timestamp: 0, streamId: MEDIA_STREAM, payload })
}

export function connected(transaction: number): Buffer {
  return Buffer.concat([
    control(WINDOW_SIZE, uint32(ACK_WINDOW)),
    control(PEER_BANDWIDTH, Buffer.concat([uint32(ACK_WINDOW), Buffer.of(DYNAMIC_LIMIT)])),
    control(SET_CHUNK_SIZE, uint32(OUT_CHUNK_SIZE)),
    command(
      '_result',
      transaction,
      { fmsVer: 'FMS/3,0,1,123', capabilities: 31 },
      { level: 'status', code: 'NetConnection.Connect.Success', description: 'Connected', objectEncoding: 0 },
    ),
  ])
}

export function playStarted(): Buffer {
  return Buffer.concat([
    userControl(STREAM_BEGIN, MEDIA_STREAM),
    status('status', 'NetStream.Play.Reset', 'Reset'),
    status('status', 'NetStream.Play.Start', 'Started'),
    // Players of the Flash era read frames only after this command.
    encodeMessage({
      type: AMF0_DATA,
      timestamp: 0,
      streamId: MEDIA_STREAM,
      payload: encodeAmf('|RtmpSampleAccess', true, true),
    }),
  ])
}
