import type { CallKind } from '../../call/state'
import type { Texts } from '../../texts/index'

type TextKey = keyof Texts<'call'>
export type ControlAction = 'microphone' | 'camera' | 'flip' | 'speaker' | 'video' | 'more'

export interface Control {
  action: ControlAction
  icon: string
  /** Label under the button. */
  label: TextKey
  /** The action, for screen readers. */
  spoken: TextKey
  /** Off is the unusual state; the button is then inverted. */
  off: boolean
}
interface ControlsState {
  kind: CallKind
  microphone: boolean
  camera: boolean
  speaker: boolean
  /** Whether a camera is running that can be flipped. */
  flippable: boolean
  /** Whether the call is connected, so that its type can change. */
  talking: boolean
}

/** The round buttons of a call, left to right. */
export function controls({ kind, microphone, camera, speaker, flippable, talking }: ControlsState): Control[] {
  const row: Control[] = [
    microphone
      ? { action: 'microphone', icon: 'microphone', label: 'microphone', spoken: 'turnMicrophoneOff', off: false }
      : { action: 'microphone', icon: 'microphone-off', label: 'microphoneOff', spoken: 'turnMicrophoneOn', off: true },
  ]
  if (kind === 'video') {
    row.push(
      camera
        ? { action: 'camera', icon: 'camera', label: 'camera', spoken: 'turnCameraOff', off: false }
        : { action: 'camera', icon: 'camera-off', label: 'cameraIsOff', spoken: 'turnCameraOn', off: true },
    )
  }
  if (flippable) row.push({ action: 'flip', icon: 'flip', label: 'flip', spoken: 'flipSpoken', off: false })
  row.push(
    speaker
      ? { action: 'speaker', icon: 'speaker', label: 'speaker', spoken: 'useEarpiece', off: false }
      : { action: 'speaker', icon: 'earpiece', label: 'earpiece', spoken: 'useSpeaker', off: false },
  )
  if (kind === 'video') {
    row.push({ action: 'more', icon: 'more', label: 'more', spoken: 'moreSpoken', off: false })
  } else if (talking) {
    row.push({ action: 'video', icon: 'camera', label: 'video', spoken: 'askForVideo', off: false })
  }
  return row
}
