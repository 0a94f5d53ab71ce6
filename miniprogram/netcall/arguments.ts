/** Validates arguments from pages; errors name the field. */
import {
  CONTROL_COMMAND,
  ENCRYPT_TYPES,
  NETCALL_MODE,
  NETCALL_TYPE,
  RECORD_TYPE,
  ROLE,
  type CallType,
  type ControlCommand,
  type EncryptType,
  type NetcallMode,
  type RecordType,
  type Role,
  type Switch,
} from './constants'
import { NetcallError } from './errors'
import { RECORDING_SWITCHES, type Account, type Cid, type RecordingParams, type WireRecording } from './types'
import { isBoolean, isInteger, isObject, isString, isText, oneOf, type Guard } from './guards'

const SWITCHES: readonly Switch[] = [0, 1]
const RECORD_TYPES: readonly RecordType[] = Object.values(RECORD_TYPE)

/** Media encryption as in the gateway's login; none if omitted. */
export interface Encryption {
  encryptType?: EncryptType
  encryptKey?: string
}

export function callArguments(params: unknown): {
  type: CallType
  callees: Account[]
  custom: string | undefined
  forceKeepCalling: boolean
} {
  const fields = fieldsOf(params)
  const pushConfig = optionalField(fields, 'pushConfig', isObject, 'an object') ?? {}
  return {
    type: callType(fields),
    callees: callees(fields.callee),
    custom: optionalField(pushConfig, 'custom', isString, 'a string', 'pushConfig.custom'),
    forceKeepCalling: optionalField(fields, 'forceKeepCalling', isBoolean, 'true or false') ?? false,
  }
}

export function responseArguments(params: unknown): { caller: Account; accepted: boolean; type: CallType; cid: Cid } {
  const fields = fieldsOf(params)
  return {
    caller: field(fields, 'caller', isText, 'an account'),
    accepted: field(fields, 'accepted', isBoolean, 'true or false'),
    type: callType(fields),
    cid: field(fields, 'cid', isInteger, 'an integer'),
  }
}

export function startRtcArguments(params: unknown): { mode: NetcallMode; recording: WireRecording } {
  const fields = fieldsOf(params)
  return { mode: netcallMode(fields.mode), recording: recording(fields) }
}

export function joinChannelArguments(params: unknown): {
  channelName: string
  mode: NetcallMode
  role: Role
  liveEnable: Switch | undefined
  recording: WireRecording
} {
  const fields = fieldsOf(params)
  return {
    channelName: field(fields, 'channelName', isText, 'a name'),
    mode: netcallMode(fields.mode),
    role: field(
      fields,
      'role',
      oneOf(Object.values(ROLE)),
      `${ROLE.ROLE_HOST} (host) or ${ROLE.ROLE_AUDIENCE} (audience)`,
    ),
    liveEnable: switchField(fields, 'liveEnable'),
    recording: recording(fields),
  }
}

export function createChannelArguments(params: unknown): { channelName: string; custom: string } {
  const fields = fieldsOf(params)
  return {
    channelName: field(fields, 'channelName', isText, 'a name'),
    custom: optionalField(fields, 'custom', isString, 'a string') ?? '',
  }
}

export function controlArguments(params: unknown): { command: ControlCommand; cid: Cid | undefined } {
  const fields = fieldsOf(params)
  return {
    command: field(fields, 'command', oneOf(Object.values(CONTROL_COMMAND)), 'a control command, 1 to 12'),
    cid: optionalField(fields, 'cid', isInteger, 'an integer'),
  }
}

export function netcallMode(mode: unknown): NetcallMode {
  return field({ mode }, 'mode', oneOf(Object.values(NETCALL_MODE)), 'a mode, 0 to 3')
}
export function encryptTypeArgument(type: unknown): EncryptType {
  return field({ type }, 'type', oneOf(ENCRYPT_TYPES), '0 or 2 to 6')
}
export function encryptKeyArgument(key: unknown): string {
  return field({ key }, 'key', isString, 'a string')
}

/** The encryption fields of a login. A cipher requires a key. */
export function encryptionOf(type: EncryptType, key: string): Encryption {
  if (type === 0) return {}
  if (key === '') throw invalid('encryptKey', 'is needed: setEncryptKey goes with an encrypt type other than 0')
  return { encryptType: type, encryptKey: key }
}

function callees(callee: unknown): Account[] {
  const list: unknown[] = Array.isArray(callee) ? callee : [callee]
  if (list.length === 0 || !list.every(isText)) throw invalid('callee', 'must be an account or a list of accounts')
  return [...new Set(list)]
}
function callType(fields: Record<string, unknown>): CallType {
  return field(fields, 'type', oneOf(Object.values(NETCALL_TYPE)), '1 (audio) or 2 (video)')
}
function recording(fields: Record<string, unknown>): WireRecording {
  const given: Omit<RecordingParams, 'recordType'> = {}
  for (const name of RECORDING_SWITCHES) {
    const value = switchField(fields, name)
    if (value !== undefined) given[name] = value
  }
  return { recordAudio: 0, recordVideo: 0, rtmpRecord: 0, ...given, recordType: recordType(fields.recordType) }
}
/** Sent as a string; numbers are converted, omitted means "0". */
function recordType(value: unknown): RecordType {
  if (value === undefined) return RECORD_TYPE.RECORD_TYPE_MIX_SINGLE
  const text = typeof value === 'number' ? String(value) : value
  return field({ recordType: text }, 'recordType', oneOf(RECORD_TYPES), '"0", "1" or "2"')
}
function switchField(fields: Record<string, unknown>, name: string): Switch | undefined {
  return optionalField(fields, name, oneOf(SWITCHES), '0 (close) or 1 (open)')
}

function fieldsOf(params: unknown): Record<string, unknown> {
  if (!isObject(params)) throw invalid('params', 'must be an object')
  return params
}
function field<T>(fields: Record<string, unknown>, name: string, guard: Guard<T>, kind: string, path = name): T {
  const value = fields[name]
  if (guard(value)) return value
  throw invalid(path, value === undefined ? `is missing: ${kind}` : `must be ${kind}`)
}
function optionalField<T>(
  fields: Record<string, unknown>,
  name: string,
  guard: Guard<T>,
  kind: string,
  path = name,
): T | undefined {
  return fields[name] === undefined ? undefined : field(fields, name, guard, kind, path)
}
function invalid(name: string, problem: string): NetcallError {
  return new NetcallError('invalid-argument', `${name} ${problem}`, { field: name })
}
