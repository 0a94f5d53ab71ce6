import {
  CONTROL_COMMAND,
  NETCALL_MODE,
  NETCALL_TYPE,
  type CallType,
  type ControlCommand,
  type NetcallMode,
} from '../netcall/constants'
import type { DeviceEvent } from './events'
import type { CallKind } from './state'

/** The mode in which a call of that type starts. Source: the recording document. */
export function modeOfCall(kind: CallKind): NetcallMode {
  return kind === 'video' ? NETCALL_MODE.NETCALL_MODE_AUDIO_VIDEO : NETCALL_MODE.NETCALL_MODE_ONLY_AUDIO
}

export function modeOf(microphone: boolean, camera: boolean): NetcallMode {
  if (microphone) return camera ? NETCALL_MODE.NETCALL_MODE_AUDIO_VIDEO : NETCALL_MODE.NETCALL_MODE_ONLY_AUDIO
  return camera ? NETCALL_MODE.NETCALL_MODE_ONLY_VIDEO : NETCALL_MODE.NETCALL_MODE_NOAUDIO_NOVIDEO
}
/** Whether microphone and camera are on. */
export interface Devices {
  microphone: boolean
  camera: boolean
}
/** Media with microphone and camera switched, and the resulting mode. */
export function withDevices<T extends Devices>(media: T, change: Partial<Devices>): T & { mode: NetcallMode } {
  const next = { ...media, ...change }
  return { ...next, mode: modeOf(next.microphone, next.camera) }
}
export function hasSound(mode: NetcallMode): boolean {
  return mode === NETCALL_MODE.NETCALL_MODE_AUDIO_VIDEO || mode === NETCALL_MODE.NETCALL_MODE_ONLY_AUDIO
}
export function hasPicture(mode: NetcallMode): boolean {
  return mode === NETCALL_MODE.NETCALL_MODE_AUDIO_VIDEO || mode === NETCALL_MODE.NETCALL_MODE_ONLY_VIDEO
}

export function typeOfKind(kind: CallKind): CallType {
  return kind === 'video' ? NETCALL_TYPE.NETCALL_TYPE_VIDEO : NETCALL_TYPE.NETCALL_TYPE_AUDIO
}
export function kindOfType(type: CallType): CallKind {
  return type === NETCALL_TYPE.NETCALL_TYPE_VIDEO ? 'video' : 'audio'
}

/** The control command that announces a switched device to the peer. */
export function deviceNotice(event: DeviceEvent): ControlCommand {
  switch (event.type) {
    case 'microphone':
      return microphoneNotice(event.on)
    case 'camera':
      return cameraNotice(event.on)
    case 'camera-failed':
      return CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_SELF_CAMERA_INVALID
  }
}
/** The command that announces the microphone's state. */
export function microphoneNotice(on: boolean): ControlCommand {
  return on
    ? CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_NOTIFY_AUDIO_ON
    : CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_NOTIFY_AUDIO_OFF
}
/** The command that announces the camera's state. */
export function cameraNotice(on: boolean): ControlCommand {
  return on
    ? CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_NOTIFY_VIDEO_ON
    : CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_NOTIFY_VIDEO_OFF
}
