/** What a callback says, in the contract's shapes: `members` and `fileinfo` are JSON inside a JSON string. */
import { NETCALL_TYPE } from '../../miniprogram/netcall/constants'
import { CLIENT_TYPE_MINIPROGRAM } from '../../miniprogram/netcall/protocol'
import type { Channel, ChannelStart } from '../channels/types'
import type { RecordingFile } from '../recording/types'
import type { CallMemberRow, CallRow } from '../store/types'

export const EVENT_TYPES = ['5', '6', '20'] as const
export type EventType = (typeof EVENT_TYPES)[number]
export const EVENT_TYPE = { duration: '5', files: '6', started: '20' } as const satisfies Record<string, EventType>

const seconds = (ms: number): number => Math.max(0, Math.round(ms / 1000))

/** eventType 20, a number as the contract has it: a call rings, or a room has its first member (and nobody was called). */
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

/** eventType 5: how long an ended call took, and each member in it. */
export function durationBody(call: CallRow, members: readonly CallMemberRow[]): string {
  const endedAt = call.endedAt ?? Date.now()
  return JSON.stringify({
    eventType: EVENT_TYPE.duration,
    channelId: call.cid,
    createtime: call.createdAt,
    duration: callSeconds(call, members),
    live: members.some(({ request }) => request?.live) ? '1' : '0',
    // The service's own spelling, which receivers match on.
    type: call.type === NETCALL_TYPE.NETCALL_TYPE_AUDIO ? 'AUDIO' : 'VEDIO',
    status: 'SUCCESS',
    members: JSON.stringify(
      members
        .filter(({ joinedAt }) => joinedAt !== null)
        .map(({ account, joinedAt, leftAt, absent }) => ({
          accid: account,
          duration: seconds((leftAt ?? endedAt) - (joinedAt ?? endedAt) - absent),
          ...(account === call.caller && { caller: true }),
        })),
    ),
    ...(call.custom !== '' && { ext: call.custom }),
  })
}

/** eventType 6: the files of a call. `urlOf` gives each its absolute, signed address. */
export function filesBody(files: readonly RecordingFile[], urlOf: (file: RecordingFile) => string): string {
  return JSON.stringify({
    eventType: EVENT_TYPE.files,
    fileinfo: JSON.stringify(
      files.map((file) => ({
        caller: file.caller,
        channelid: String(file.cid),
        filename: file.filename,
        md5: file.md5,
        mix: file.mix,
        size: String(file.size),
        type: file.kind,
        vid: String(fileNumber(file)),
        url: urlOf(file),
        user: file.account,
        pieceindex: String(file.pieceIndex),
      })),
    ),
  })
}

/** How long a call was talked, seconds: from its answer (a room: from the first member's coming) to its end. */
function callSeconds(call: CallRow, members: readonly CallMemberRow[]): number {
  const joins = members.flatMap(({ joinedAt }) => joinedAt ?? [])
  const start = call.answeredAt ?? (joins.length > 0 ? Math.min(...joins) : null)
  return start === null ? 0 : seconds((call.endedAt ?? start) - start)
}

/** A number of the file's own, stable over repeated callbacks: the first bits of its content's hash. */
function fileNumber(file: RecordingFile): number {
  return parseInt(file.md5.slice(0, 12), 16)
}
