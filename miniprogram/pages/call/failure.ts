/** Why my own picture or sound does not go out, as a sentence with a way out. */
import type { FailureReason } from '../../components/media/state'
import type { Texts } from '../../texts/index'

export interface Failure {
  text: keyof Texts<'call'>
  /** Where it can be mended: the mini-program's settings, the phone's settings, or nowhere. */
  wayOut: 'settings' | 'system-settings' | 'none'
}

/** What the phone allows WeChat itself. */
export interface SystemPermissions {
  microphone: boolean
  camera: boolean
}

/** The sentence for a failure; null for one that is no failure of the call. */
export function describeFailure(reason: FailureReason, system: () => SystemPermissions): Failure | null {
  switch (reason) {
    case 'microphone-refused':
      return system().microphone
        ? { text: 'microphoneRefused', wayOut: 'settings' }
        : { text: 'microphoneRefusedBySystem', wayOut: 'system-settings' }
    case 'camera-refused':
      return system().camera
        ? { text: 'cameraRefused', wayOut: 'settings' }
        : { text: 'cameraRefusedBySystem', wayOut: 'system-settings' }
    case 'microphone-failed':
      return { text: 'microphoneFailed', wayOut: 'none' }
    case 'camera-failed':
      return { text: 'cameraFailed', wayOut: 'none' }
    case 'privacy':
      return { text: 'privacy', wayOut: 'none' }
    case 'not-supported':
      return { text: 'notSupported', wayOut: 'none' }
    case 'network':
      return { text: 'pushFailed', wayOut: 'none' }
    case 'simulator':
      return null
  }
}

export function systemPermissions(): SystemPermissions {
  const { microphoneAuthorized, cameraAuthorized } = wx.getAppAuthorizeSetting()
  return { microphone: microphoneAuthorized !== 'denied', camera: cameraAuthorized !== 'denied' }
}

/** Whether the call can go on with sound alone. */
export function isCameraFailure(reason: FailureReason): boolean {
  return reason === 'camera-refused' || reason === 'camera-failed'
}
