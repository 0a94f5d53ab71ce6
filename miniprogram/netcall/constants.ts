/**
 * The constants of the netcall contract: their names as a page finds them on the instance, their values as they travel.
 * Source: the NetEase Yunxin mini-program call SDK, observed at 7.7.0.
 */

export const NETCALL_MODE = {
  NETCALL_MODE_AUDIO_VIDEO: 0,
  NETCALL_MODE_ONLY_AUDIO: 1,
  NETCALL_MODE_ONLY_VIDEO: 2,
  NETCALL_MODE_NOAUDIO_NOVIDEO: 3,
} as const
/** What a member publishes: 0 sound and picture, 1 sound, 2 picture, 3 nothing. */
export type NetcallMode = (typeof NETCALL_MODE)[keyof typeof NETCALL_MODE]

export const NETCALL_TYPE = { NETCALL_TYPE_AUDIO: 1, NETCALL_TYPE_VIDEO: 2 } as const
/** What kind of call the caller asked for: 1 audio, 2 video. */
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
/** Which files a recording leaves: "0" singles and a mix, "1" the mix, "2" singles. Travels as a string. */
export type RecordType = (typeof RECORD_TYPE)[keyof typeof RECORD_TYPE]

export const RECORD_AUDIO = { RECORD_AUDIO_CLOSE: 0, RECORD_AUDIO_OPEN: 1 } as const
export const RECORD_VIDEO = { RECORD_VIDEO_CLOSE: 0, RECORD_VIDEO_OPEN: 1 } as const
export const RTMP_RECORD = { RTMP_RECORD_CLOSE: 0, RTMP_RECORD_OPEN: 1 } as const
export const LIVE_ENABLE = { LIVE_ENABLE_CLOSE: 0, LIVE_ENABLE_OPEN: 1 } as const
export const HOST_SPEAKER = { HOST_SPEAKER_CLOSE: 0, HOST_SPEAKER_OPEN: 1 } as const
/** CLOSE (0) or OPEN (1): how every on/off parameter of the contract travels. */
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
/** A word from one side of a call to the other (microphone off, busy, switch to video …). */
export type ControlCommand = (typeof CONTROL_COMMAND)[keyof typeof CONTROL_COMMAND]

/** Encryption of the media: 0 none, 2..6 the SDK's ciphers (a key is then needed). */
export type EncryptType = 0 | 2 | 3 | 4 | 5 | 6
export const ENCRYPT_TYPES: readonly EncryptType[] = [0, 2, 3, 4, 5, 6]

/** Every constant that the contract puts on the instance. */
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

/** How long a room's name may be, in UTF-16 units (as an input field counts). Ours: the contract sets no bound. */
export const ROOM_NAME_LENGTH = 64

/** Times of the contract, in milliseconds unless the name says otherwise. */
export const NETCALL_TIMING = {
  heartbeatInterval: 3_000,
  /** The link is given up after this long without an answer. */
  heartbeatTimeout: 10_000,
  reconnectTries: 8,
  reconnectInterval: 5_000,
  commandTimeout: 10_000,
  /** Callers repeat an unanswered call this often. */
  keepCallingInterval: 3_000,
  /** Pages give up an unanswered call after this long (P2P). */
  callTimeout: 30_000,
} as const

/** Why the gateway link ended for good, as the `disconnect` event carries it. */
export const DISCONNECT_CODE = {
  normal: 0,
  retriesUsedUp: 403,
  kicked: 405,
  refused: 406,
  roomGone: 417,
  encryptionRefused: 418,
} as const
export type DisconnectCode = (typeof DISCONNECT_CODE)[keyof typeof DISCONNECT_CODE]

/** Codes of answers, on both sockets and in rejected promises. */
export const CODE = {
  ok: 200,
  badRequest: 400,
  unauthorized: 401,
  refused: 403,
  notFound: 404,
  timeout: 408,
  conflict: 409,
  /** NetEase's, of its frequency control. */
  tooOften: 416,
  roomGone: 417,
  encryptionRefused: 418,
  internal: 500,
  calleeOffline: 11001,
  /** Not the contract's but ours: the room has as many members as it may. */
  roomFull: 11090,
} as const
export type Code = (typeof CODE)[keyof typeof CODE]
