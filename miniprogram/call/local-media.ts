/** My own media as a call or room holds them. */
import { modeOf } from './mode'
import type { RecordingSettings } from './recording-params'
import type { CallKind, CameraFacing, LocalMedia } from './state'

/** What a call or room reads of the settings when it begins. */
export interface CallSettings extends RecordingSettings {
  microphone: boolean
  cameraOn: boolean
  camera: CameraFacing
}

/** My media as a call of that kind begins. */
export function startingMedia(settings: Readonly<CallSettings>, kind: CallKind, cameraAllowed = true): LocalMedia {
  const video = kind === 'video'
  const { microphone } = settings
  const camera = video && settings.cameraOn && cameraAllowed
  return {
    url: null,
    mode: modeOf(microphone, camera),
    microphone,
    camera,
    facing: settings.camera,
    speaker: video,
    away: false,
    network: null,
    recording: {
      audio: settings.recordAudio || settings.rtmpRecord,
      video: settings.recordVideo || settings.rtmpRecord,
    },
  }
}

/** The call or room with my media changed. */
export function withLocal<S extends { local: LocalMedia }>(state: S, change: Partial<LocalMedia>): S {
  return { ...state, local: { ...state.local, ...change } }
}
