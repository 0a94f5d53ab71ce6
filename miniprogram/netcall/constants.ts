/**
 * Constants of the netcall contract: names as on the instance, values as on the wire. Source: the NetEase Yunxin mini-program call SDK
 * 7.7.0.
 */

export const NETCALL_MODE = {
  NETCALL_MODE_AUDIO_VIDEO: 0,
  NETCALL_MODE_ONLY_AUDIO: 1,
  NETCALL_MODE_ONLY_VIDEO: 2,
  NETCALL_MODE_NOAUDIO_NOVIDEO: 3,
} as const
/** Published tracks: 0 audio and video, 1 audio, 2 video, 3 none. */
export type NetcallMode = (typeof NETCALL_MODE)[keyof typeof NETCALL_MODE]

export const NETCALL_TYPE = { NETCALL_TYPE_AUDIO: 1, NETCALL_TYPE_VIDEO: 2 } as const
/** Type of a call: 1 audio, 2 video. */
export type CallType = (typeof NETCALL_TYPE)[keyof typeof NETCALL_TYPE]

export const SCENE = { P2P: 0, MEETING: 1 } as const
/** The session mode: 0 one-to-one, 1 a room. */
export type Scene = (typeof SCENE)[keyof typeof SCENE]

export const ROLE = { ROLE_HOST: 0, ROLE_AUDIENCE: 1 } as const
/** A member's role in a room: 0 host (publishes), 1 audience (only plays). */
export type Role = (typeof ROLE)[keyof typeof ROLE]

export const RECORD_TYPE = {
  RECORD_TYPE_MIX_SINGLE: '0',
  RECORD_TYPE_ONLY_MIX: '1',
  RECORD_TYPE_ONLY_SINGLE: '2',
} as const
/** Files of a recording: "0" participant recordings and a mix, "1" the mix, "2" participant recordings. A string on the wire. */
export type RecordType = (typeof RECORD_TYPE)[keyof typeof RECORD_TYPE]

export const RECORD_AUDIO = { RECORD_AUDIO_CLOSE: 0, RECORD_AUDIO_OPEN: 1 } as const
export const RECORD_VIDEO = { RECORD_VIDEO_CLOSE: 0, RECORD_VIDEO_OPEN: 1 } as const
export const RTMP_RECORD = { RTMP_RECORD_CLOSE: 0, RTMP_RECORD_OPEN: 1 } as const
export const LIVE_ENABLE = { LIVE_ENABLE_CLOSE: 0, LIVE_ENABLE_OPEN: 1 } as const
export const HOST_SPEAKER = { HOST_SPEAKER_CLOSE: 0, HOST_SPEAKER_OPEN: 1 } as const
/** CLOSE (0) or OPEN (1): the wire format of all switches of the contract. */
export type Switch = 0 | 1

export const CONTROL_COMMAND = {
  NETCALL_CONTROL_COMMAND_NOTIFY_AUDIO_ON: 1,
  NETCALL_CONTROL_COMMAND_NOTIFY_AUDIO_OFF: 2,
  NETCALL_CONTROL_COMMAND_NOTIFY_VIDEO_ON: 3,
  NETCALL_CONTROL_COMMAND_NOTIFY_VIDEO_OFF: 4,
  NETCALL_CONTROL_COMMAND_SWITCH_AUDIO_TO_VIDEO: 5,
  NETCALL_CONTROL_COMMAND_SWITCH_AUDIO_TO_VIDEO_AGREE: 6,
  NETCALL_CONTROL_COMMAND_SWITCH_AUDIO_TO_VIDEO_REJECT: 7,
  NETCALL_CONTROL_COMMAND_SWITCH_VIDEO_TO_AUDIO: 8,
  NETCALL_CONTROL_COMMAND_BUSY: 9,
  NETCALL_CONTROL_COMMAND_SELF_CAMERA_INVALID: 10,
  NETCALL_CONTROL_COMMAND_SELF_ON_BACKGROUND: 11,
  NETCALL_CONTROL_COMMAND_START_NOTIFY_RECEIVED: 12,
} as const
/** Control commands between members (microphone off, busy, switch to video …). */
export type ControlCommand = (typeof CONTROL_COMMAND)[keyof typeof CONTROL_COMMAND]

/** Media encryption: 0 none, 2..6 the SDK's ciphers (which need a key). */
export type EncryptType = 0 | 2 | 3 | 4 | 5 | 6
export const ENCRYPT_TYPES: readonly EncryptType[] = [0, 2, 3, 4, 5, 6]

/** All constants of the contract's instance. */
export const NETCALL_CONSTANTS = {
  ...NETCALL_MODE,
  ...NETCALL_TYPE,
  ...SCENE,
  ...ROLE,
  ...RECORD_TYPE,
  ...RECORD_AUDIO,
  ...RECORD_VIDEO,
  ...RTMP_RECORD,
  ...LIVE_ENABLE,
  ...HOST_SPEAKER,
  ...CONTROL_COMMAND,
} as const
export type NetcallConstants = typeof NETCALL_CONSTANTS

/** Maximum length of a room name in UTF-16 units (as input fields count). The contract has no limit. */
export const ROOM_NAME_LENGTH = 64

/** Timings of the contract, in ms unless the name says otherwise. */
export const NETCALL_TIMING = {
  heartbeatInterval: 3_000,
  /** The connection is closed after this long without an answer. */
  heartbeatTimeout: 10_000,
  reconnectTries: 8,
  reconnectInterval: 5_000,
  commandTimeout: 10_000,
  /** Callers repeat an unanswered call at this interval. */
  keepCallingInterval: 3_000,
  /** Pages end an unanswered call after this long (P2P). */
  callTimeout: 30_000,
} as const

/** Why the gateway connection ended, in the `disconnect` event. */
export const DISCONNECT_CODE = {
  normal: 0,
  retriesUsedUp: 403,
  kicked: 405,
  refused: 406,
  roomGone: 417,
  encryptionRefused: 418,
} as const
export type DisconnectCode = (typeof DISCONNECT_CODE)[keyof typeof DISCONNECT_CODE]

/** Codes of answers on both sockets and of rejected promises. */
export const CODE = {
  ok: 200,
  badRequest: 400,
  unauthorized: 401,
  refused: 403,
  notFound: 404,
  timeout: 408,
  conflict: 409,
  /** NetEase's code of frequency control. */
  tooOften: 416,
  roomGone: 417,
  encryptionRefused: 418,
  internal: 500,
  calleeOffline: 11001,
  /** Extension: the room is full. */
  roomFull: 11090,
} as const
export type Code = (typeof CODE)[keyof typeof CODE]
