/** The peer's stream, microphone and camera, by the gateway's and its own announcements. */
import { CONTROL_COMMAND, type ControlCommand, type NetcallMode } from '../netcall/constants'
import type { StreamMember } from '../netcall/types'
import { hasPicture, hasSound, modeOfCall, withDevices, type Devices } from './mode'
import type { CallKind, RecordingWish, RemoteMedia } from './state'

/** Data from the gateway and the peer. */
type PeerSwitches = Pick<RemoteMedia, 'mode' | 'microphone' | 'camera' | 'away'>

/** Before its stream is published. */
export function absentPeer(kind: CallKind, recording: RecordingWish): RemoteMedia {
  const mode = modeOfCall(kind)
  return {
    uid: null,
    url: null,
    mode,
    microphone: true,
    camera: kind === 'video',
    away: false,
    network: null,
    recording,
  }
}

export function withStream(peer: RemoteMedia, member: StreamMember): RemoteMedia {
  return { ...withMode(peer, member.mode), uid: member.uid, url: member.url }
}

export function withMode<T extends PeerSwitches>(peer: T, mode: NetcallMode): T {
  return { ...peer, mode, microphone: hasSound(mode), camera: hasPicture(mode), away: false }
}

/** The peer's media after one of its control commands; null for other commands. */
export function withCommand<T extends PeerSwitches>(peer: T, command: ControlCommand): T | null {
  switch (command) {
    case CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_NOTIFY_AUDIO_ON:
      return withSwitch(peer, { microphone: true })
    case CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_NOTIFY_AUDIO_OFF:
      return withSwitch(peer, { microphone: false })
    case CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_NOTIFY_VIDEO_ON:
      return withSwitch(peer, { camera: true })
    case CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_NOTIFY_VIDEO_OFF:
    case CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_SELF_CAMERA_INVALID:
      return withSwitch(peer, { camera: false })
    case CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_SELF_ON_BACKGROUND:
      return { ...peer, away: true }
    default:
      return null
  }
}

/** An announcement about a device also ends away. */
function withSwitch<T extends PeerSwitches>(peer: T, change: Partial<Devices>): T {
  return withDevices({ ...peer, away: false }, change)
}
