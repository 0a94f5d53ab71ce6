import {
  RECORD_AUDIO,
  RECORD_VIDEO,
  RTMP_RECORD,
  HOST_SPEAKER,
  type RecordType,
  type Switch,
} from '../netcall/constants'
import type { RecordingParams } from '../netcall/types'

/** The recording switches of the settings page. */
export interface RecordingSettings {
  recordAudio: boolean
  recordVideo: boolean
  recordType: RecordType
  /** Live recording (flv). */
  rtmpRecord: boolean
  /** Large in the mixed recording. */
  hostSpeaker: boolean
}

/**
 * The recording settings in the form of `startRtc` and `joinChannel`: audio and video as OPEN/CLOSE, the type as a string. The same for
 * caller, callee and room. Source: the recording document.
 */
export function recordingParams(settings: RecordingSettings): Required<RecordingParams> {
  return {
    recordAudio: onOff(settings.recordAudio, RECORD_AUDIO.RECORD_AUDIO_OPEN, RECORD_AUDIO.RECORD_AUDIO_CLOSE),
    recordVideo: onOff(settings.recordVideo, RECORD_VIDEO.RECORD_VIDEO_OPEN, RECORD_VIDEO.RECORD_VIDEO_CLOSE),
    recordType: settings.recordType,
    rtmpRecord: onOff(settings.rtmpRecord, RTMP_RECORD.RTMP_RECORD_OPEN, RTMP_RECORD.RTMP_RECORD_CLOSE),
    isHostSpeaker: onOff(settings.hostSpeaker, HOST_SPEAKER.HOST_SPEAKER_OPEN, HOST_SPEAKER.HOST_SPEAKER_CLOSE),
  }
}

function onOff(on: boolean, open: Switch, close: Switch): Switch {
  return on ? open : close
}
