/** The state machine of one-to-one calls: pure, so that every path can be tested without WeChat. */
import { CONTROL_COMMAND } from '../../netcall/constants'
import { unchanged, type CallEffect, type CallEvent, type EventOf, type RoomEvent, type Transition } from '../events'
import { modeOfCall, withDevices } from '../mode'
import { absentPeer, withCommand, withMode, withStream } from '../peer-media'
import { isActive, isBusy, isBusyOneToOne, wishIn, type BusyOneToOne, type CallState, type EndReason } from '../state'
import { mediaNotices, onOwnMedia, ownNotices } from './local-media-effects'
import { onAnswerVideo, onAskVideo, onSwitchToAudio, onVideoCommand, onVideoRequestOver } from './video-request'

/** The next state and the effects. Events that do not fit the state are ignored. */
export function oneToOneTransition(state: CallState, event: CallEvent): Transition {
  switch (event.type) {
    case 'call':
      return onCall(state, event)
    case 'be-calling':
      return onBeCalling(state, event)
    case 'accept':
      return onAccept(state, event)
    case 'response-sent':
      return state.phase === 'connecting' && state.direction === 'incoming'
        ? { state, effects: [{ type: 'start-rtc', mode: modeOfCall(state.kind) }] }
        : unchanged(state)
    case 'placed':
      return state.phase === 'outgoing' ? { state: { ...state, cid: event.cid }, effects: [] } : unchanged(state)
    case 'call-accepted':
      return onCallAccepted(state, event)
    case 'reject':
      return state.phase === 'incoming'
        ? end(state, 'rejected', event.at, [
            { type: 'respond', caller: state.peer, cid: state.cid, kind: state.kind, accepted: false },
          ])
        : unchanged(state)
    case 'call-rejected':
      return state.phase === 'outgoing' && state.peer === event.peer
        ? end(state, 'peer-rejected', event.at)
        : unchanged(state)
    case 'hang-up':
      return onHangUp(state, event.at)
    case 'peer-hang-up':
      return onPeerHangUp(state, event)
    case 'answered-elsewhere':
      return onAnsweredElsewhere(state, event)
    case 'time-out':
      if (state.phase === 'outgoing') return end(state, 'no-answer', event.at, [{ type: 'hang-up' }])
      return state.phase === 'incoming' ? end(state, 'missed', event.at) : unchanged(state)
    case 'call-failed':
      return onFail(state, event)
    case 'control':
      return onControl(state, event)
    case 'entered':
      return onEntered(state, event)
    case 'member-joined':
      return isActive(state) && state.cid === event.member.cid && state.peer === event.member.account
        ? { state: { ...state, remote: withStream(state.remote, event.member) }, effects: [] }
        : unchanged(state)
    case 'member-mode':
      return isActive(state) && state.cid === event.cid && state.remote.uid === event.uid
        ? { state: { ...state, remote: withMode(state.remote, event.mode) }, effects: [] }
        : unchanged(state)
    case 'connection-lost':
      return onConnectionLost(state, event)
    case 'im-reconnected':
      return isActive(state) ? { state, effects: mediaNotices(state.kind, state.cid, state.local) } : unchanged(state)
    case 'member-recording':
      return isActive(state) && state.cid === event.cid && state.peer === event.account
        ? { state: { ...state, remote: { ...state.remote, recording: event.wish } }, effects: [] }
        : unchanged(state)
    case 'own-recording':
      return isActive(state) && state.cid === event.cid
        ? { state: { ...state, local: { ...state.local, recording: event.wish } }, effects: [] }
        : unchanged(state)
    case 'member-network':
      return isActive(state) && state.cid === event.cid && state.peer === event.account
        ? { state: { ...state, remote: { ...state.remote, network: event.quality } }, effects: [] }
        : unchanged(state)
    case 'ask-video':
      return onAskVideo(state)
    case 'answer-video':
      return onAnswerVideo(state, event.agree)
    case 'video-request-over':
      return onVideoRequestOver(state)
    case 'switch-to-audio':
      return onSwitchToAudio(state)
    case 'microphone':
    case 'camera':
    case 'camera-failed':
    case 'flip':
    case 'speaker':
    case 'away':
    case 'network':
      return onOwnMedia(state, event)
    default:
      return ignore(state, event)
  }
}

/** The parameter's type makes every other event need a case. */
function ignore(state: CallState, _event: RoomEvent | EventOf<'dismiss'>): Transition {
  return unchanged(state)
}

function end(state: BusyOneToOne, reason: EndReason, at: number, effects: CallEffect[] = []): Transition {
  const { type, kind, direction, peer, cid, startedAt } = state
  const duration = isActive(state) ? Math.max(0, at - state.answeredAt) : 0
  return { state: { phase: 'ended', type, kind, direction, peer, cid, startedAt, reason, duration }, effects }
}

function onCall(state: CallState, event: EventOf<'call'>): Transition {
  if (isBusy(state)) return unchanged(state)
  const { peer, kind, local, keepCalling } = event
  return {
    state: {
      phase: 'outgoing',
      type: 'one-to-one',
      direction: 'outgoing',
      peer,
      kind,
      local,
      cid: null,
      startedAt: event.at,
    },
    effects: [{ type: 'place-call', peer, kind, wish: wishIn(kind, local.recording), keepCalling }],
  }
}

function onBeCalling(state: CallState, event: EventOf<'be-calling'>): Transition {
  const { caller, cid, kind, local, peerRecords } = event
  const crossing = state.phase === 'outgoing' && state.peer === caller
  // Both sides call each other: one call continues, the same on both sides, and the other one is cancelled.
  if (crossing && !event.givesWay) return unchanged(state)
  if (crossing || !isBusy(state)) {
    return {
      state: {
        phase: 'incoming',
        type: 'one-to-one',
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
  // Callers repeat an unanswered call every 3 s.
  if (state.type === 'one-to-one' && state.phase !== 'outgoing' && state.cid === cid) return unchanged(state)
  return { state, effects: [{ type: 'say-busy', caller, cid, kind }] }
}

function onAccept(state: CallState, event: EventOf<'accept'>): Transition {
  if (state.phase !== 'incoming') return unchanged(state)
  const { type, peer, cid, kind, direction, startedAt } = state
  return {
    state: {
      phase: 'connecting',
      type,
      direction,
      peer,
      cid,
      kind,
      local: withDevices(state.local, { camera: state.local.camera && event.camera }),
      remote: absentPeer(kind, { audio: state.peerRecords, video: state.peerRecords }),
      videoRequest: 'none',
      startedAt,
      answeredAt: event.at,
    },
    effects: [{ type: 'respond', caller: peer, cid, kind, accepted: true }],
  }
}

function onCallAccepted(state: CallState, event: EventOf<'call-accepted'>): Transition {
  if (state.phase !== 'outgoing' || state.peer !== event.peer) return unchanged(state)
  const { type, peer, kind, local, direction, startedAt } = state
  return {
    state: {
      phase: 'connecting',
      type,
      direction,
      peer,
      cid: event.cid,
      kind,
      local,
      remote: absentPeer(kind, { audio: false, video: false }),
      videoRequest: 'none',
      startedAt,
      answeredAt: event.at,
    },
    effects: [{ type: 'start-rtc', mode: modeOfCall(kind) }],
  }
}

function onAnsweredElsewhere(state: CallState, { cid, accepted, at }: EventOf<'answered-elsewhere'>): Transition {
  if ((state.phase !== 'incoming' && state.phase !== 'connecting') || state.cid !== cid) return unchanged(state)
  // The local answer was too late and did not start the call.
  const over = state.phase === 'connecting' ? state.answeredAt : at
  return end(state, accepted ? 'answered-elsewhere' : 'rejected-elsewhere', over)
}

function onHangUp(state: CallState, at: number): Transition {
  if (state.phase === 'outgoing') return end(state, 'cancelled', at, [{ type: 'hang-up' }])
  return isActive(state) ? end(state, 'hung-up', at, [{ type: 'hang-up' }]) : unchanged(state)
}

function onPeerHangUp(state: CallState, { cid, reason, at }: EventOf<'peer-hang-up'>): Transition {
  if (!isBusyOneToOne(state) || state.cid !== cid) return unchanged(state)
  if (reason) return end(state, reason, at)
  if (state.phase === 'incoming') return end(state, 'peer-cancelled', at)
  // Ended by the service; a rejection has its own event.
  return end(state, state.phase === 'outgoing' ? 'no-answer' : 'peer-hung-up', at)
}

function onFail(state: CallState, event: EventOf<'call-failed'>): Transition {
  if (!isBusyOneToOne(state)) return unchanged(state)
  // The peer must not keep waiting.
  const effects: CallEffect[] =
    state.phase === 'incoming'
      ? [{ type: 'respond', caller: state.peer, cid: state.cid, kind: state.kind, accepted: false }]
      : [{ type: 'hang-up' }]
  return end(state, event.reason, event.at, effects)
}

function onControl(state: CallState, { cid, command, at }: EventOf<'control'>): Transition {
  if (state.phase === 'outgoing') {
    if (state.cid !== null && state.cid !== cid) return unchanged(state)
    return command === CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_BUSY
      ? end(state, 'peer-busy', at, [{ type: 'hang-up' }])
      : unchanged(state)
  }
  if (!isActive(state) || state.cid !== cid) return unchanged(state)
  const remote = withCommand(state.remote, command)
  if (remote) return { state: { ...state, remote }, effects: [] }
  return onVideoCommand(state, command) ?? unchanged(state)
}

/** Clears the peer's `away`: its end may have been missed while disconnected. */
function onConnectionLost(state: CallState, { attempt }: EventOf<'connection-lost'>): Transition {
  if (!isActive(state) || state.phase === 'connecting') return unchanged(state)
  if (state.phase === 'reconnecting') return { state: { ...state, attempt }, effects: [] }
  return { state: { ...state, phase: 'reconnecting', attempt, remote: { ...state.remote, away: false } }, effects: [] }
}

function onEntered(state: CallState, event: EventOf<'entered'>): Transition {
  if (!isActive(state) || state.cid !== event.cid) return unchanged(state)
  const member = event.members.find(({ account }) => account === state.peer)
  const self = event.members.find(({ account }) => account !== state.peer)
  const { type, kind, direction, peer, cid, startedAt, answeredAt, videoRequest } = state
  const local = { ...state.local, url: self?.url ?? null }
  // The peer's away announcement may arrive first, on the other connection.
  const { away } = state.remote
  const remote = { ...(member ? withStream(state.remote, member) : { ...state.remote, url: null }), away }
  const told: CallEffect = { type: 'announce-recording', to: [peer], cid, wish: wishIn(kind, local.recording) }
  return {
    state: {
      phase: 'talking',
      type,
      kind,
      direction,
      peer,
      cid,
      startedAt,
      answeredAt,
      local,
      remote,
      videoRequest,
    },
    effects: [told, ...ownNotices(kind, cid, local, self)],
  }
}
