import { CODE } from '../../miniprogram/netcall/constants'
import { CLIENT_TYPE_MINIPROGRAM, ROOM_CLOSE_REASON } from '../../miniprogram/netcall/protocol'
import { encodeMessage } from '../../miniprogram/call/messages'
import { isMember } from '../channels/live-channel'
import type { Channel } from '../channels/types'
import { Refusal } from '../websocket/refusal'
import type { RecordingRequest } from '../recording/types'
import type { CallEndReason } from '../store/types'
import type { Device } from './device'
import type { Handlers, SignalContext } from './handlers'
import { isReplaced, uidMap } from './members'
import { serverMap } from './server-map'

type CallMethod = 'initNetcall' | 'keepCalling' | 'calleeAck' | 'hangup' | 'netcallControl'

/** Maximum number of calls that ring for an account. */
const MAX_RINGING = 8

/** Service 9 for calls by account. `announceCalls` notifies of answers and ends. */
export function callHandlers(context: SignalContext): Handlers<CallMethod> {
  const { channels, devices, accounts, budgets } = context
  /** The account's other devices stop ringing. */
  const syncAnswer = (device: Device, channel: Channel, accepted: boolean) =>
    devices.notify(device.account, 'notifyCalleeAckSync', ackSync(channel, accepted, Date.now()), device)

  return {
    initNetcall(device, { type, accounts: wanted, pushConfig }) {
      budgets.spend('calls', 'accounts', device.account)
      for (const account of wanted) budgets.spend('callsToOne', 'accounts', device.account, account)
      const forced = pushConfig.forceKeepCalling ?? false
      const callees = wanted.filter((account) => accounts.has(account))
      if (callees.length === 0) {
        throw new Refusal(CODE.calleeOffline, `accounts: unknown: ${wanted.join(', ')}; they have never signed in`)
      }
      const besieged = callees.find((account) => channels.ringingFor(account).length >= MAX_RINGING)
      if (besieged !== undefined) {
        throw new Refusal(CODE.tooOften, `accounts: ${MAX_RINGING} calls ring for "${besieged}" already`)
      }
      const offline = callees.filter((account) => !devices.isOnline(account))
      const custom = pushConfig.custom ?? ''
      const caller = { caller: device.account, device: device.id }
      const channel = channels.createCall({ ...caller, callees, type, custom, forced, offline })
      for (const callee of callees) ring(context, channel, callee)
      return {
        timetag: channel.createdAt,
        channelId: channel.cid,
        keepCallingAccounts: callees.filter((account) => forced || devices.isOnline(account)),
        clientConfig: {},
        ...wayIn(context, channel, device),
      }
    },

    keepCalling(device, { accounts: wanted, channelId }) {
      budgets.spend('rings', 'channelId', device.account)
      const { channel, awaited } = channels.repeatCall(channelId, device.account)
      const callees = awaited.map(({ account }) => account).filter((account) => wanted.includes(account))
      for (const callee of callees) ring(context, channel, callee)
      // Includes callees that are offline: the repetitions keep the call alive until they return.
      return { accounts: callees }
    },

    calleeAck(device, { account: caller, channelId, accepted }) {
      const called = channels.callsOf(device.account).find(({ cid }) => cid === channelId)
      // Only members get this message. For others the answer is the same whether the channel exists or not.
      if (called && called.caller !== caller) {
        throw new Refusal(CODE.notFound, `account: no running call ${channelId} from "${caller}"`)
      }
      syncAnswer(device, channels.answer(channelId, device.account, accepted), accepted)
      return {}
    },

    hangup(device, { channelId }) {
      const called = channels.get(channelId)
      if (called && isReplaced(device, called, devices)) {
        throw new Refusal(CODE.notFound, `channelId: replaced by another device of the account in ${channelId}`)
      }
      const member = channels.hangUp(channelId, device.account)
      if (called && member.state === 'rejected') syncAnswer(device, called, false)
      return {}
    },

    netcallControl(device, { channelId, type }) {
      budgets.spend('controls', 'channelId', device.account)
      const channel = channels.control(channelId, device.account, type)
      for (const { account } of [...channel.members.values()].filter(isMember)) {
        if (account !== device.account)
          devices.notify(account, 'netcallControl', { account: device.account, type, channelId })
      }
      return {}
    },
  }
}

/**
 * Notifies members of calls of answers and of the end. Rooms are handled by the gateway. Repeats media notices to an account that enters a
 * call or a room.
 */
export function announceCalls(context: SignalContext): void {
  const { channels, devices } = context
  const answered = (channel: Channel, account: string, accepted: boolean) => {
    if (channel.name === null) devices.notify(channel.caller, 'notifyCalleeAck', calleeAck(channel, account, accepted))
  }
  channels.on('answered', (channel, { account }) => answered(channel, account, true))
  channels.on('rejected', (channel, { account }) => answered(channel, account, false))
  channels.on('entered', (_, { account }) => {
    for (const notice of noticesFor(context, account)) devices.notify(account, 'netcallControl', notice)
  })
  channels.on('entered', ({ cid, members }, { account }) => {
    for (const member of members.values()) {
      if (member.ordered) devices.notify(account, 'message', orderMessage(cid, member.account, member.ordered))
    }
  })
  channels.on('ordered', ({ cid, members }, { account }, request) => {
    for (const member of [...members.values()].filter(isMember)) {
      devices.notify(member.account, 'message', orderMessage(cid, account, request))
    }
  })
  channels.on('ended', (channel, reason, by) => {
    // Offline callees were never rung, and rejections were sent as notifyCalleeAck.
    if (channel.name !== null || reason === 'offline') return
    for (const member of [...channel.members.values()].filter(isMember)) {
      if (member.caller && (reason === 'rejected' || reason === 'busy')) continue
      const account = by ?? otherThan(channel, member.account)
      const told = { channelId: channel.cid, account, timetag: Date.now() }
      devices.notify(member.account, 'notifyHangup', isToldWhy(channel, reason) ? { ...told, reason } : told)
    }
  })
}

/** Media notices to repeat to an account: they may have been sent while its connection was down. */
export function noticesFor({ channels }: SignalContext, account: string) {
  return channels
    .noticesFor(account)
    .map(({ cid: channelId, account: sender, command: type }) => ({ account: sender, type, channelId }))
}

/** Tells phones what is recorded of an account, in their own format: as a message of that account, which also gets it. */
function orderMessage(cid: number, from: string, { audio, video, live, hostSpeaker }: RecordingRequest) {
  const wish = { audio: audio || live, video: video || live, ...(hostSpeaker && { mainSpeaker: true as const }) }
  return { from, content: encodeMessage({ type: 'recording', cid, ...wish }), timetag: Date.now() }
}

/** Whether phones show the reason. For callees that a lost caller was ringing it is an ordinary missed call. */
function isToldWhy({ answeredAt }: Channel, reason: CallEndReason): boolean {
  const { serviceStopped, closed, lost } = ROOM_CLOSE_REASON
  return reason === serviceStopped || reason === closed || (reason === lost && answeredAt !== null)
}

/** Rings all devices of the callee. */
function ring(context: SignalContext, channel: Channel, callee: string): void {
  context.devices.notifyEach(callee, 'beCalled', (device) => beCalled(context, channel, device))
}

export function beCalled(context: SignalContext, channel: Channel, device: Device) {
  return {
    timetag: Date.now(),
    type: channel.type,
    channelId: channel.cid,
    account: channel.caller,
    clientConfig: {},
    custom: channel.custom,
    ...wayIn(context, channel, device),
  }
}

/** The fields that a member needs to log in at the gateway. */
function wayIn({ tickets }: SignalContext, channel: Channel, { account, address }: Device) {
  const accountUidMap = uidMap(channel)
  const uid = accountUidMap[account] ?? 0
  const epoch = channel.members.get(uid)?.epoch ?? 0
  return { uid, accountUidMap, serverMap: serverMap(address, tickets.issue({ cid: channel.cid, uid, epoch })) }
}

export function calleeAck({ cid: channelId, type }: Channel, account: string, accepted: boolean) {
  return { account, channelId, type, accepted }
}

export function ackSync({ cid: channelId, type }: Channel, accepted: boolean, timetag: number) {
  return { timetag, channelId, type, accepted, fromClientType: CLIENT_TYPE_MINIPROGRAM }
}

/** The account named in the hangup notification if the service ended the call: the other member. */
function otherThan(channel: Channel, account: string): string {
  if (account !== channel.caller) return channel.caller
  return [...channel.members.values()].find((member) => !member.caller)?.account ?? account
}
