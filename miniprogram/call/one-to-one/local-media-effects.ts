/** Effects of local media: messages to the gateway and the peer. */
import { CONTROL_COMMAND } from '../../netcall/constants'
import type { Cid, StreamMember } from '../../netcall/types'
import { unchanged, type CallEffect, type OwnMediaEvent, type Transition } from '../events'
import { mediaAfter } from '../local-media'
import { cameraNotice, deviceNotice, microphoneNotice, modeOfCall } from '../mode'
import { isActive, isBusyOneToOne, type BusyOneToOne, type CallKind, type CallState, type LocalMedia } from '../state'

export function onOwnMedia(state: CallState, event: OwnMediaEvent): Transition {
  if (!isBusyOneToOne(state) || (event.type === 'network' && !isActive(state))) return unchanged(state)
  const local = mediaAfter(state.local, state.kind, event)
  return local ? { state: { ...state, local }, effects: toldOf(event, state, local) } : unchanged(state)
}

/**
 * Messages to send after (re)connecting: a call starts with everything on that its type has, and nothing could be sent while disconnected.
 */
export function ownNotices(kind: CallKind, cid: Cid, local: LocalMedia, self: StreamMember | undefined): CallEffect[] {
  const effects: CallEffect[] = []
  if (local.mode !== (self?.mode ?? modeOfCall(kind))) {
    effects.push({ type: 'switch-mode', mode: local.mode })
    if (!local.microphone) effects.push({ type: 'control', cid, command: microphoneNotice(false) })
    if (kind === 'video' && !local.camera) effects.push({ type: 'control', cid, command: cameraNotice(false) })
  }
  if (local.away) effects.push(awayNotice(cid))
  return effects
}

function toldOf(event: OwnMediaEvent, state: BusyOneToOne, local: LocalMedia): CallEffect[] {
  switch (event.type) {
    case 'flip':
    case 'speaker':
      return []
    case 'away':
      if (!isActive(state)) return []
      return mediaNotices(state.kind, state.cid, local)
    case 'network':
      return state.phase === 'talking'
        ? [{ type: 'announce-network', to: [state.peer], cid: state.cid, quality: event.quality }]
        : []
    case 'microphone':
    case 'camera':
    case 'camera-failed':
      // Nothing can be sent while disconnected; it is sent after the reconnect.
      return state.phase === 'talking'
        ? [
            { type: 'switch-mode', mode: local.mode },
            { type: 'control', cid: state.cid, command: deviceNotice(event) },
          ]
        : []
  }
}

function awayNotice(cid: Cid): CallEffect {
  return { type: 'control', cid, command: CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_SELF_ON_BACKGROUND }
}
/** Announcements for the peer: away, or the state of microphone and camera, which also ends away. */
export function mediaNotices(kind: CallKind, cid: Cid, { away, microphone, camera }: LocalMedia): CallEffect[] {
  if (away) return [awayNotice(cid)]
  const notices: CallEffect[] = [{ type: 'control', cid, command: microphoneNotice(microphone) }]
  if (kind === 'video') notices.push({ type: 'control', cid, command: cameraNotice(camera) })
  return notices
}
