/** Validates and normalizes the SDK's events: undefined if one lacks required fields. */
import { DISCONNECT_CODE, NETCALL_MODE } from '../netcall/constants'
import type { Account, Cid, MemberRef, NetcallEvents, StreamMember, Uid } from '../netcall/types'
import { wordsOf } from './failures'
import type { SdkEvent } from './sdk'
import { account, anyOf, cidOf, integer, integerOf, list, text, timetag } from './values'

const MODES = Object.values(NETCALL_MODE)
const CODES = Object.values(DISCONNECT_CODE)

/** Session data for fields that the SDK omits. */
interface Known {
  cid: Cid | null
  accountOf(uid: Uid): Account | undefined
}
/** The payload of a lost connection only counts past attempts. */
export type ReadEvent = Exclude<SdkEvent, 'willreconnect'>
type Readers = { [E in ReadEvent]: (payload: unknown, known: Known) => NetcallEvents[E] | undefined }

export const readEvent: Readers = {
  hangup: (payload, known) => {
    const cid = cidOf(payload) ?? known.cid
    if (cid === null) return undefined
    return { cid, timetag: timetag(payload), account: account(anyOf(payload, 'account', 'accid')) ?? '' }
  },
  syncDone: (payload, known) => {
    const userlist = list(anyOf(payload, 'userlist')).map((user) => streamMember(user, known))
    if (!userlist.every((user) => user !== undefined)) return undefined
    return { code: 200, userlist, connectCount: integer(anyOf(payload, 'connectCount')) ?? 1 }
  },
  clientJoin: streamMember,
  clientUpdate: (payload, known) => {
    const who = reference(payload, known)
    const mode = integerOf(anyOf(payload, 'mode'), MODES)
    const url = text(anyOf(payload, 'url'))
    return who && mode !== undefined ? { ...who, mode, ...(url ? { url } : {}) } : undefined
  },
  clientLeave: reference,
  liveRoomClose: ending,
  kicked: ending,
  sendCommandOverTime: (payload) => ({ cmd: integer(anyOf(payload, 'cmd') ?? payload) ?? -1 }),
  disconnect: (payload) => {
    const { code, message } = wordsOf(payload)
    // Codes unknown to the contract end the session, too: the connection is lost.
    return { code: integerOf(code, CODES) ?? DISCONNECT_CODE.retriesUsedUp, desc: message ?? '' }
  },
  error: (payload) => {
    const { code, message } = wordsOf(payload)
    return { code: code ?? 0, message: message ?? '' }
  },
}

function streamMember(payload: unknown, known: Known): StreamMember | undefined {
  const who = reference(payload, known)
  const mode = integerOf(anyOf(payload, 'mode'), MODES) ?? NETCALL_MODE.NETCALL_MODE_AUDIO_VIDEO
  return who && { ...who, url: text(anyOf(payload, 'url')) ?? '', mode }
}
function reference(payload: unknown, known: Known): MemberRef | undefined {
  const uid = integer(anyOf(payload, 'uid'))
  const cid = cidOf(payload) ?? known.cid
  if (uid === undefined || cid === null) return undefined
  const who = account(anyOf(payload, 'account', 'accid')) ?? known.accountOf(uid)
  return who === undefined ? undefined : { uid, account: who, cid }
}
/** Comes as the gateway's whole packet. */
function ending(payload: unknown, known: Known): { cid: Cid; reason: string } | undefined {
  const body = anyOf(payload, 'body') ?? payload
  const cid = cidOf(body) ?? known.cid
  return cid === null ? undefined : { cid, reason: text(anyOf(body, 'reason')) ?? '' }
}
