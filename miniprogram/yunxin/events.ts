/** The SDK's events, looked at and evened out: undefined where one lacks what the contract promises. */
import { CONTROL_COMMAND, DISCONNECT_CODE, NETCALL_MODE, NETCALL_TYPE } from '../netcall/constants'
import type { Cid, MemberRef, NetcallEventName, NetcallEvents, StreamMember } from '../netcall/types'
import { wordsOf } from './failures'
import { account, anyOf, integer, integerOf, list, text, yes } from './values'

const MODES = Object.values(NETCALL_MODE)
const TYPES = Object.values(NETCALL_TYPE)
const COMMANDS = Object.values(CONTROL_COMMAND)
const CODES = Object.values(DISCONNECT_CODE)

/** @param cid the session's, for what the SDK leaves out within one */
type Reader<T> = (payload: unknown, cid: Cid | undefined) => T | undefined
type Readers = { [E in NetcallEventName]: Reader<NetcallEvents[E]> }

export const readEvent: Readers = {
  beCalling: (payload) => {
    const caller = account(anyOf(payload, 'caller', 'account'))
    const cid = cidOf(payload)
    const type = integerOf(anyOf(payload, 'type'), TYPES)
    const custom = text(anyOf(payload, 'custom'))
    if (caller === undefined || cid === undefined || type === undefined) return undefined
    return { caller, cid, type, ...(custom ? { custom } : {}) }
  },
  callAccepted: answer,
  callRejected: answer,
  callerAckSync: (payload, current) => {
    const cid = cidOf(payload) ?? current
    const type = integerOf(anyOf(payload, 'type'), TYPES)
    if (cid === undefined || type === undefined) return undefined
    const fromClientType = integer(anyOf(payload, 'fromClientType')) ?? 0
    return { timetag: timetag(payload), cid, type, accepted: yes(anyOf(payload, 'accepted')), fromClientType }
  },
  hangup: (payload, current) => {
    const cid = cidOf(payload) ?? current
    if (cid === undefined) return undefined
    return { cid, timetag: timetag(payload), account: account(anyOf(payload, 'account', 'accid')) ?? '' }
  },
  control: (payload, current) => {
    const cid = cidOf(payload) ?? current
    const who = account(anyOf(payload, 'account'))
    const command = integerOf(anyOf(payload, 'command', 'type'), COMMANDS)
    return cid === undefined || who === undefined || command === undefined ? undefined : { cid, account: who, command }
  },
  joinChannel: reference,
  syncDone: (payload, current) => {
    const userlist = list(anyOf(payload, 'userlist')).map((user) => streamMember(user, current))
    if (!userlist.every((user) => user !== undefined)) return undefined
    return { code: 200, userlist, connectCount: integer(anyOf(payload, 'connectCount')) ?? 1 }
  },
  clientJoin: (payload, current) => {
    const who = reference(payload, current)
    return who && { ...who, url: text(anyOf(payload, 'url')) ?? '', mode: modeOf(payload) }
  },
  clientUpdate: (payload, current) => {
    const who = reference(payload, current)
    const mode = integerOf(anyOf(payload, 'mode'), MODES)
    const url = text(anyOf(payload, 'url'))
    return who && mode !== undefined ? { ...who, mode, ...(url ? { url } : {}) } : undefined
  },
  clientLeave: reference,
  liveRoomClose: ending,
  kicked: ending,
  willreconnect: (payload) => ({ count: integer(anyOf(payload, 'count', 'retryCount')) ?? 1 }),
  sendCommandOverTime: (payload) => ({ cmd: integer(anyOf(payload, 'cmd') ?? payload) ?? -1 }),
  disconnect: (payload) => {
    const { code, message } = wordsOf(payload)
    // A code that the contract does not know ends the session all the same: its link is gone.
    return { code: integerOf(code, CODES) ?? DISCONNECT_CODE.retriesUsedUp, desc: message ?? '' }
  },
  sessionStart: during,
  open: during,
  close: during,
  error: (payload) => {
    const { code, message } = wordsOf(payload)
    return { code: code ?? 0, message: message ?? '' }
  },
}

export function cidOf(payload: unknown): Cid | undefined {
  return integer(anyOf(payload, 'cid', 'channelId'))
}

function streamMember(payload: unknown, current: Cid | undefined): StreamMember | undefined {
  return readEvent.clientJoin(payload, current)
}
function reference(payload: unknown, current: Cid | undefined): MemberRef | undefined {
  const uid = integer(anyOf(payload, 'uid'))
  const who = account(anyOf(payload, 'account', 'accid'))
  const cid = cidOf(payload) ?? current
  return uid === undefined || who === undefined || cid === undefined ? undefined : { uid, account: who, cid }
}
function answer(payload: unknown, current: Cid | undefined): NetcallEvents['callAccepted'] | undefined {
  const who = account(anyOf(payload, 'account'))
  const cid = cidOf(payload) ?? current
  const type = integerOf(anyOf(payload, 'type'), TYPES)
  return who === undefined || cid === undefined || type === undefined ? undefined : { account: who, cid, type }
}
function ending(payload: unknown, current: Cid | undefined): { cid: Cid; reason: string } | undefined {
  const cid = cidOf(payload) ?? current
  return cid === undefined ? undefined : { cid, reason: text(anyOf(payload, 'reason')) ?? '' }
}
function during(payload: unknown, current: Cid | undefined): { cid: Cid } | undefined {
  const cid = cidOf(payload) ?? current
  return cid === undefined ? undefined : { cid }
}
function modeOf(payload: unknown): StreamMember['mode'] {
  return integerOf(anyOf(payload, 'mode'), MODES) ?? NETCALL_MODE.NETCALL_MODE_AUDIO_VIDEO
}
function timetag(payload: unknown): number {
  return integer(anyOf(payload, 'timetag')) ?? Date.now()
}
