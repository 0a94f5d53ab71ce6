/** Why my own picture or sound does not go out, as a sentence with a way out. */
import type { Device, SystemPermissions } from '../../services/permissions'
import type { Texts } from '../../texts/index'
import type { FailureReason } from './state'

export interface Failure {
  text: keyof Texts<'call'>
  /** Where it can be mended: the mini-program's settings, the phone's settings, or nowhere. */
  wayOut: 'settings' | 'system-settings' | 'none'
}

/** The sentence for a failure; null for one that is no failure of the call, or its end. */
export function describeFailure(reason: FailureReason, system: () => Pick<SystemPermissions, Device>): Failure | null {
  switch (reason) {
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
    case 'microphone-refused':
    case 'simulator':
      return null
  }
}

/** Whether the call can go on with sound alone. */
export function isCameraFailure(reason: FailureReason): boolean {
  return reason === 'camera-refused' || reason === 'camera-failed'
}
