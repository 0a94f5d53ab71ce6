/** How the session state changes: pure, so that every way through a call can be tested without WeChat. */
import type { ControlCommand, NetcallMode } from '../netcall/constants'
import { CONTROL_COMMAND } from '../netcall/constants'
import type { Account, Cid, StreamMember, Uid } from '../netcall/types'
import { cameraNotice, hasPicture, hasSound, microphoneNotice, modeOf, modeOfCall } from './mode'
import {
  isActive,
  type ActiveCall,
  type CallKind,
  type CallState,
  type EndReason,
  type LocalMedia,
  type RecordingWish,
  type RemoteMedia,
} from './state'

/** What happens to a call: taps on this phone, and events from the other side and the service. */
export type CallEvent =
  | { type: 'call'; peer: Account; kind: CallKind; local: LocalMedia; at: number }
  | { type: 'accept'; at: number }
  | { type: 'reject'; at: number }
  | { type: 'hang-up'; at: number }
  | { type: 'microphone'; on: boolean }
  | { type: 'camera'; on: boolean }
  | { type: 'speaker'; on: boolean }
  /** The end has been shown. */
  | { type: 'dismiss' }
  /** 30 s without an answer. */
  | { type: 'time-out'; at: number }
  | { type: 'fail'; reason: EndReason; at: number }
  | {
      type: 'be-calling'
      caller: Account
      cid: Cid
      kind: CallKind
      local: LocalMedia
      peerRecords: boolean
      /** Should we be calling each other: whether mine is the call that gives way. */
      givesWay: boolean
      at: number
    }
  /** The service rings the other side, and has given my call its number. */
  | { type: 'placed'; cid: Cid }
  | { type: 'call-accepted'; peer: Account; cid: Cid; at: number }
  | { type: 'call-rejected'; peer: Account; at: number }
  /** My `response` has reached the service. */
  | { type: 'response-sent' }
  | { type: 'answered-elsewhere'; cid: Cid; accepted: boolean; at: number }
  | { type: 'peer-hang-up'; cid: Cid; at: number }
  | { type: 'control'; cid: Cid; command: ControlCommand; at: number }
  /** The gateway let me in, the first time or again. */
  | { type: 'entered'; cid: Cid; members: StreamMember[] }
  | { type: 'member-joined'; member: StreamMember }
  | { type: 'member-mode'; cid: Cid; uid: Uid; mode: NetcallMode }
  | { type: 'link-lost'; attempt: number }
  | { type: 'peer-recording'; cid: Cid; wish: RecordingWish }

/** What has to be done because of it. */
export type CallEffect =
  | { type: 'place-call'; peer: Account; kind: CallKind; wish: RecordingWish }
  | { type: 'respond'; caller: Account; cid: Cid; kind: CallKind; accepted: boolean }
  | { type: 'say-busy'; caller: Account; cid: Cid; kind: CallKind }
  | { type: 'start-rtc'; mode: NetcallMode }
  | { type: 'hang-up' }
  | { type: 'tell-recording'; peer: Account; cid: Cid; wish: RecordingWish }
  | { type: 'switch-mode'; mode: NetcallMode }
  | { type: 'control'; cid: Cid; command: ControlCommand }

export interface Transition {
  state: CallState
  effects: CallEffect[]
}

/** The next state and what has to be done. An event that does not fit the state changes nothing. */
export function transition(state: CallState, event: CallEvent): Transition {
  switch (event.type) {
    case 'call':
      return onCall(state, event)
    case 'be-calling':
      return onBeCalling(state, event)
    case 'accept':
      return onAccept(state, event.at)
    case 'response-sent':
      return state.phase === 'connecting' && state.direction === 'incoming'
        ? { state, effects: [{ type: 'start-rtc', mode: modeOfCall(state.kind) }] }
        : stay(state)
    case 'placed':
      return state.phase === 'outgoing' ? { state: { ...state, cid: event.cid }, effects: [] } : stay(state)
    case 'call-accepted':
      return onCallAccepted(state, event)
    case 'reject':
      return state.phase === 'incoming'
        ? end(state, 'rejected', event.at, [
            { type: 'respond', caller: state.peer, cid: state.cid, kind: state.kind, accepted: false },
          ])
        : stay(state)
    case 'call-rejected':
      return state.phase === 'outgoing' && state.peer === event.peer
        ? end(state, 'peer-rejected', event.at)
        : stay(state)
    case 'hang-up':
      return onHangUp(state, event.at)
    case 'peer-hang-up':
      return onPeerHangUp(state, event)
    case 'answered-elsewhere':
      return state.phase === 'incoming' && state.cid === event.cid
        ? end(state, event.accepted ? 'answered-elsewhere' : 'rejected-elsewhere', event.at)
        : stay(state)
    case 'time-out':
      if (state.phase === 'outgoing') return end(state, 'no-answer', event.at, [{ type: 'hang-up' }])
      return state.phase === 'incoming' ? end(state, 'missed', event.at) : stay(state)
    case 'fail':
      return onFail(state, event)
    case 'dismiss':
      return state.phase === 'ended' ? { state: { phase: 'idle' }, effects: [] } : stay(state)
    case 'control':
      return onControl(state, event)
    case 'entered':
      return onEntered(state, event)
    case 'member-joined':
      return isActive(state) && state.cid === event.member.cid && state.peer === event.member.account
        ? { state: { ...state, remote: withStream(state.remote, event.member) }, effects: [] }
        : stay(state)
    case 'member-mode':
      return isActive(state) && state.cid === event.cid && state.remote.uid === event.uid
        ? { state: { ...state, remote: withMode(state.remote, event.mode) }, effects: [] }
        : stay(state)
    case 'link-lost':
      return state.phase === 'talking' || state.phase === 'reconnecting'
        ? { state: { ...state, phase: 'reconnecting', attempt: event.attempt }, effects: [] }
        : stay(state)
    case 'peer-recording':
      return isActive(state) && state.cid === event.cid
        ? { state: { ...state, remote: { ...state.remote, recording: event.wish } }, effects: [] }
        : stay(state)
    case 'microphone':
      return onMicrophone(state, event.on)
    case 'camera':
      return onCamera(state, event.on)
    case 'speaker':
      return state.phase === 'idle' || state.phase === 'ended'
        ? stay(state)
        : { state: { ...state, local: { ...state.local, speaker: event.on } }, effects: [] }
  }
}

type Of<T extends CallEvent['type']> = Extract<CallEvent, { type: T }>

function stay(state: CallState): Transition {
  return { state, effects: [] }
}

function end(
  state: Exclude<CallState, { phase: 'idle' | 'ended' }>,
  reason: EndReason,
  at: number,
  effects: CallEffect[] = [],
): Transition {
  const { kind, direction, peer } = state
  const duration = isActive(state) ? Math.max(0, at - state.answeredAt) : 0
  return { state: { phase: 'ended', kind, direction, peer, reason, duration }, effects }
}

function onCall(state: CallState, event: Of<'call'>): Transition {
  if (state.phase !== 'idle' && state.phase !== 'ended') return stay(state)
  const { peer, kind, local } = event
  return {
    state: { phase: 'outgoing', direction: 'outgoing', peer, kind, local, cid: null, startedAt: event.at },
    effects: [{ type: 'place-call', peer, kind, wish: local.recording }],
  }
}

function onBeCalling(state: CallState, event: Of<'be-calling'>): Transition {
  const { caller, cid, kind, local, peerRecords } = event
  const crossing = state.phase === 'outgoing' && state.peer === caller
  // We call each other: one call goes on, the same on both sides, and the other is given up for it.
  if (crossing && !event.givesWay) return stay(state)
  if (crossing || state.phase === 'idle' || state.phase === 'ended') {
    return {
      state: {
        phase: 'incoming',
        direction: 'incoming',
        peer: caller,
        cid,
        kind,
        local,
        peerRecords,
        startedAt: event.at,
      },
      effects: crossing ? [{ type: 'hang-up' }] : [],
    }
  }
  // Callers repeat themselves every 3 s.
  if (state.phase !== 'outgoing' && state.cid === cid) return stay(state)
  return { state, effects: [{ type: 'say-busy', caller, cid, kind }] }
}

function onAccept(state: CallState, at: number): Transition {
  if (state.phase !== 'incoming') return stay(state)
  const { peer, cid, kind, local, direction } = state
  const recording = { audio: state.peerRecords, video: state.peerRecords && kind === 'video' }
  return {
    state: {
      phase: 'connecting',
      direction,
      peer,
      cid,
      kind,
      local,
      remote: absent(kind, recording),
      answeredAt: at,
    },
    effects: [{ type: 'respond', caller: peer, cid, kind, accepted: true }],
  }
}

function onCallAccepted(state: CallState, event: Of<'call-accepted'>): Transition {
  if (state.phase !== 'outgoing' || state.peer !== event.peer) return stay(state)
  const { peer, kind, local, direction } = state
  return {
    state: {
      phase: 'connecting',
      direction,
      peer,
      cid: event.cid,
      kind,
      local,
      remote: absent(kind, { audio: false, video: false }),
      answeredAt: event.at,
    },
    effects: [{ type: 'start-rtc', mode: modeOfCall(kind) }],
  }
}

function onHangUp(state: CallState, at: number): Transition {
  if (state.phase === 'outgoing') return end(state, 'cancelled', at, [{ type: 'hang-up' }])
  return isActive(state) ? end(state, 'hung-up', at, [{ type: 'hang-up' }]) : stay(state)
}

function onPeerHangUp(state: CallState, event: Of<'peer-hang-up'>): Transition {
  if (state.phase === 'incoming' && state.cid === event.cid) return end(state, 'peer-cancelled', event.at)
  // The service ended it; a refusal would have come as one.
  if (state.phase === 'outgoing' && state.cid === event.cid) return end(state, 'no-answer', event.at)
  return isActive(state) && state.cid === event.cid ? end(state, 'peer-hung-up', event.at) : stay(state)
}

function onFail(state: CallState, event: Of<'fail'>): Transition {
  if (state.phase === 'idle' || state.phase === 'ended') return stay(state)
  // The other side must not be left waiting for what will not come.
  const effects: CallEffect[] =
    state.phase === 'incoming'
      ? [{ type: 'respond', caller: state.peer, cid: state.cid, kind: state.kind, accepted: false }]
      : [{ type: 'hang-up' }]
  return end(state, event.reason, event.at, effects)
}

function onControl(state: CallState, event: Of<'control'>): Transition {
  const command = event.command
  if (state.phase === 'outgoing') {
    if (state.cid !== null && state.cid !== event.cid) return stay(state)
    return command === CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_BUSY
      ? end(state, 'peer-busy', event.at, [{ type: 'hang-up' }])
      : stay(state)
  }
  if (!isActive(state) || state.cid !== event.cid) return stay(state)
  switch (command) {
    case CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_NOTIFY_AUDIO_ON:
      return remoteSwitch(state, { microphone: true })
    case CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_NOTIFY_AUDIO_OFF:
      return remoteSwitch(state, { microphone: false })
    case CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_NOTIFY_VIDEO_ON:
      return remoteSwitch(state, { camera: true })
    case CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_NOTIFY_VIDEO_OFF:
    case CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_SELF_CAMERA_INVALID:
      return remoteSwitch(state, { camera: false })
    default:
      return stay(state)
  }
}

function remoteSwitch(state: ActiveCall, change: { microphone?: boolean; camera?: boolean }): Transition {
  const remote = { ...state.remote, ...change }
  remote.mode = modeOf(remote.microphone, remote.camera)
  return { state: { ...state, remote }, effects: [] }
}

function onEntered(state: CallState, event: Of<'entered'>): Transition {
  if (!isActive(state) || state.cid !== event.cid) return stay(state)
  const peer = event.members.find((member) => member.account === state.peer)
  const self = event.members.find((member) => member.account !== state.peer)
  const { kind, direction, cid, answeredAt } = state
  const local = { ...state.local, url: self?.url ?? null }
  const remote = peer ? withStream(state.remote, peer) : { ...state.remote, url: null }
  const effects: CallEffect[] = [{ type: 'tell-recording', peer: state.peer, cid, wish: local.recording }]
  // What the gateway knows of me: how the call begins, or what I told it last.
  if (local.mode !== (self?.mode ?? modeOfCall(kind))) effects.push(...ownSwitches(kind, cid, local))
  return {
    state: { phase: 'talking', kind, direction, peer: state.peer, cid, answeredAt, local, remote },
    effects,
  }
}

/** A call starts with everything that its kind has on, and the gateway cannot hear while the link is down: told on entering. */
function ownSwitches(kind: CallKind, cid: Cid, local: LocalMedia): CallEffect[] {
  const effects: CallEffect[] = [{ type: 'switch-mode', mode: local.mode }]
  if (!local.microphone) effects.push({ type: 'control', cid, command: microphoneNotice(false) })
  if (kind === 'video' && !local.camera) effects.push({ type: 'control', cid, command: cameraNotice(false) })
  return effects
}

function onMicrophone(state: CallState, on: boolean): Transition {
  if (state.phase === 'idle' || state.phase === 'ended') return stay(state)
  return ownSwitch(state, { ...state.local, microphone: on }, microphoneNotice(on))
}

function onCamera(state: CallState, on: boolean): Transition {
  if (state.phase === 'idle' || state.phase === 'ended' || state.kind === 'audio') return stay(state)
  return ownSwitch(state, { ...state.local, camera: on }, cameraNotice(on))
}

function ownSwitch(
  state: Exclude<CallState, { phase: 'idle' | 'ended' }>,
  media: LocalMedia,
  command: ControlCommand,
): Transition {
  const local = { ...media, mode: modeOf(media.microphone, media.camera) }
  // While the link is down nothing can be told; entering again tells it.
  const effects: CallEffect[] =
    state.phase === 'talking'
      ? [
          { type: 'switch-mode', mode: local.mode },
          { type: 'control', cid: state.cid, command },
        ]
      : []
  return { state: { ...state, local }, effects }
}

function absent(kind: CallKind, recording: RecordingWish): RemoteMedia {
  const mode = modeOfCall(kind)
  return { uid: null, url: null, mode, microphone: true, camera: kind === 'video', recording }
}
function withStream(remote: RemoteMedia, member: StreamMember): RemoteMedia {
  return { ...withMode(remote, member.mode), uid: member.uid, url: member.url }
}
function withMode(remote: RemoteMedia, mode: NetcallMode): RemoteMedia {
  return { ...remote, mode, microphone: hasSound(mode), camera: hasPicture(mode) }
}
