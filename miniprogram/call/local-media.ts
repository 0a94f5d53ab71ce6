/** Local media in the state of calls and rooms. */
import type { OwnMediaEvent } from './events'
import { modeOf, withDevices } from './mode'
import type { RecordingSettings } from './recording-params'
import type { CallKind, CameraFacing, LocalMedia } from './state'

/** Settings that apply from the start of a call or room. */
export interface CallSettings extends RecordingSettings {
  microphone: boolean
  cameraOn: boolean
  camera: CameraFacing
}

/** Local media at the start of a call of that type. */
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
      ...(settings.hostSpeaker && { mainSpeaker: true }),
    },
  }
}

/** Local media after the event, in a call or room of that type; null if nothing changes. */
export function mediaAfter(local: LocalMedia, kind: CallKind, event: OwnMediaEvent): LocalMedia | null {
  switch (event.type) {
    case 'microphone':
      return withDevices(local, { microphone: event.on })
    case 'camera':
      return kind === 'video' ? withDevices(local, { camera: event.on }) : null
    case 'camera-failed':
      return local.camera ? withDevices(local, { camera: false }) : null
    case 'flip':
      return { ...local, facing: local.facing === 'front' ? 'back' : 'front' }
    case 'speaker':
      return { ...local, speaker: event.on }
    case 'away':
      return local.away === event.away ? null : { ...local, away: event.away }
    case 'network':
      return local.network === event.quality ? null : { ...local, network: event.quality }
  }
}
