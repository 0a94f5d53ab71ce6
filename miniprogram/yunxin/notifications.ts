/** Validates and normalizes the IM side's call notifications: undefined if one lacks required fields. */
import { CONTROL_COMMAND, NETCALL_TYPE } from '../netcall/constants'
import type { AccountUidMap, Cid, NetcallEvents } from '../netcall/types'
import type { CallNotification } from './sdk'
import { account, accountUidMap, anyOf, cidOf, integer, integerOf, text, timetag, yes } from './values'

const TYPES = Object.values(NETCALL_TYPE)
const COMMANDS = Object.values(CONTROL_COMMAND)

export interface Notifications {
  beCalled: NetcallEvents['beCalling']
  notifyCalleeAck: NetcallEvents['callAccepted'] & { accepted: boolean }
  notifyCalleeAckSync: NetcallEvents['callerAckSync']
  notifyHangup: NetcallEvents['hangup']
  netcallControl: NetcallEvents['control']
  notifyJoin: { cid: Cid; accountUidMap: AccountUidMap }
}
type Readers = { [N in CallNotification]: (body: unknown) => Notifications[N] | undefined }

export const readNotification: Readers = {
  beCalled: (body) => {
    const caller = account(anyOf(body, 'account'))
    const cid = cidOf(body)
    const type = integerOf(anyOf(body, 'type'), TYPES)
    const custom = text(anyOf(body, 'custom') ?? anyOf(anyOf(body, 'pushConfig'), 'custom'))
    if (caller === undefined || cid === undefined || type === undefined) return undefined
    return { caller, cid, type, ...(custom ? { custom } : {}) }
  },
  notifyCalleeAck: (body) => {
    const who = account(anyOf(body, 'account'))
    const cid = cidOf(body)
    const type = integerOf(anyOf(body, 'type'), TYPES)
    if (who === undefined || cid === undefined || type === undefined) return undefined
    return { account: who, cid, type, accepted: yes(anyOf(body, 'accepted')) }
  },
  notifyCalleeAckSync: (body) => {
    const cid = cidOf(body)
    const type = integerOf(anyOf(body, 'type'), TYPES)
    if (cid === undefined || type === undefined) return undefined
    const fromClientType = integer(anyOf(body, 'fromClientType')) ?? 0
    return { timetag: timetag(body), cid, type, accepted: yes(anyOf(body, 'accepted')), fromClientType }
  },
  notifyHangup: (body) => {
    const cid = cidOf(body)
    return cid === undefined
      ? undefined
      : { cid, timetag: timetag(body), account: account(anyOf(body, 'account')) ?? '' }
  },
  netcallControl: (body) => {
    const who = account(anyOf(body, 'account'))
    const cid = cidOf(body)
    const command = integerOf(anyOf(body, 'type'), COMMANDS)
    return who === undefined || cid === undefined || command === undefined ? undefined : { cid, account: who, command }
  },
  notifyJoin: (body) => {
    const cid = cidOf(body)
    return cid === undefined ? undefined : { cid, accountUidMap: accountUidMap(anyOf(body, 'accountUidMap')) }
  },
}
