/**
 * The bodies of callbacks, as NetEase's service sends them: top-level values are strings, `members` and `fileinfo` JSON inside
 * such a string.
 */
import { NETCALL_TYPE } from '../../miniprogram/netcall/constants'
import { CLIENT_TYPE_MINIPROGRAM } from '../../miniprogram/netcall/protocol'
import type { Channel, ChannelStart } from '../channels/types'
import type { RecordingFile } from '../recording/types'
import type { CallMemberRow, CallRow } from '../store/types'

/** `not-connected` and `unreachable` are extensions of this project. */
export const EVENT_TYPES = ['5', '6', '20', 'not-connected', 'unreachable'] as const
export type EventType = (typeof EVENT_TYPES)[number]
export const EVENT_TYPE = {
  duration: '5',
  files: '6',
  started: '20',
  notConnected: 'not-connected',
  unreachable: 'unreachable',
} as const satisfies Record<string, EventType>

/** `userType` of a member: the only value that NetEase's service was seen to send. */
const USER_TYPE = 1
/** `user` of a mixed file, which has no single owner. */
const NOBODY = '0'

const seconds = (ms: number): number => Math.max(0, Math.round(ms / 1000))

/** eventType 20 (a number, as in the contract): a call rings, or a room has its first member (then without callees). */
export function startedBody(
  { type, members }: Channel,
  { account, device, forced }: ChannelStart,
  now: number,
): string {
  return JSON.stringify({
    eventType: Number(EVENT_TYPE.started),
    callType: type,
    fromAccount: account,
    fromClientType: CLIENT_TYPE_MINIPROGRAM,
    fromDeviceId: device,
    toAccountList: [...members.values()].filter(({ state }) => state === 'invited').map((member) => member.account),
    forceKeepCalling: forced,
    timestamp: now,
  })
}

/**
 * eventType 5: how long each member was in the call; `duration` is their sum. With `now`, ms since 1970, the report on a call that
 * still runs.
 */
export function durationBody(call: CallRow, members: readonly CallMemberRow[], now: number | null = null): string {
  const entered = members.filter(({ joinedAt }) => joinedAt !== null)
  const single = now === null && entered.length < 2
  const until = now ?? call.endedAt ?? Date.now()
  const listed = entered.map(({ account, joinedAt, leftAt, absent }) => ({
    accid: account,
    ...(account === call.caller && { caller: true }),
    duration: single ? 0 : seconds((leftAt ?? until) - (joinedAt ?? until) - absent),
    userType: USER_TYPE,
  }))
  return JSON.stringify({
    eventType: EVENT_TYPE.duration,
    channelId: String(call.cid),
    createtime: String(call.createdAt),
    duration: String(listed.reduce((sum, { duration }) => sum + duration, 0)),
    type: kindOf(call),
    live: members.some(({ request }) => request?.live) ? '1' : '0',
    status: single ? 'SINGLE_PARTICIPATE' : statusOf(call),
    members: JSON.stringify(listed),
    ...(now !== null && { running: true }),
    ...(call.custom !== '' && { ext: call.custom }),
  })
}

/** Extension: a call that never connected, and the reason. */
export function notConnectedBody(call: CallRow, members: readonly CallMemberRow[]): string {
  return JSON.stringify({
    eventType: EVENT_TYPE.notConnected,
    channelId: String(call.cid),
    createtime: String(call.createdAt),
    endtime: String(call.endedAt ?? call.createdAt),
    type: kindOf(call),
    fromAccount: call.caller,
    toAccountList: members.filter(({ account }) => account !== call.caller).map(({ account }) => account),
    reason: call.endReason ?? 'lost',
    ...(call.custom !== '' && { ext: call.custom }),
  })
}

/** Extension: callees of a call have no signed-in device. `forced`: they are rung once they sign in. */
export function unreachableBody(
  { cid, type, caller, custom, createdAt }: Channel,
  accounts: readonly string[],
  forced: boolean,
): string {
  return JSON.stringify({
    eventType: EVENT_TYPE.unreachable,
    channelId: String(cid),
    createtime: String(createdAt),
    type: kindOf({ type }),
    fromAccount: caller,
    toAccountList: accounts,
    forceKeepCalling: forced,
    ...(custom !== '' && { ext: custom }),
  })
}

/** eventType 6: the files of a call, made at `now`, ms since 1970. `urlOf` gives each its absolute, signed address. */
export function filesBody(
  files: readonly RecordingFile[],
  urlOf: (file: RecordingFile) => string,
  now = Date.now(),
): string {
  return JSON.stringify({
    eventType: EVENT_TYPE.files,
    fileinfo: JSON.stringify(
      files.map((file) => ({
        vid: String(fileNumber(file)),
        filename: file.filename,
        pieceindex: String(file.pieceIndex),
        size: String(file.size),
        type: file.kind,
        user: file.mix ? NOBODY : file.account,
        mix: file.mix,
        url: urlOf(file),
        channelid: String(file.cid),
        timestamp: String(Math.floor(now / 1000)),
        md5: file.md5,
        ...(file.caller && !file.mix && { caller: true }),
      })),
    ),
  })
}

/** The contract's spelling, which receivers compare with. */
const kindOf = ({ type }: Pick<CallRow, 'type'>): string =>
  type === NETCALL_TYPE.NETCALL_TYPE_AUDIO ? 'AUDIO' : 'VEDIO'

function statusOf({ endReason }: CallRow): string {
  if (endReason === 'lost') return 'TIMEOUT'
  return endReason === 'service-stopped' ? 'UNKNOWN' : 'SUCCESS'
}

/** A number of the file that is the same in repeated callbacks: the first bits of its content's hash. */
function fileNumber(file: RecordingFile): number {
  return parseInt(file.md5.slice(0, 12), 16)
}
