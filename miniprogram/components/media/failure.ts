/** Failures of local media, as a sentence with a way out. */
import type { Device, SystemPermissions } from '../../services/permissions'
import type { Texts } from '../../texts/index'
import type { FailureReason } from './state'

export interface Failure {
  text: keyof Texts<'call'>
  /** Where it can be fixed: the mini-program's settings, the phone's settings, or nowhere. */
  wayOut: 'settings' | 'system-settings' | 'none'
}

/** The text of a failure; null if it does not affect the call, or ends it. */
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
    case 'not-enabled':
      return { text: 'pusherNotEnabled', wayOut: 'none' }
    case 'network':
      return { text: 'pushFailed', wayOut: 'none' }
    case 'microphone-refused':
    case 'simulator':
      return null
  }
}

/** Whether the call can continue with audio only. */
export function isCameraFailure(reason: FailureReason): boolean {
  return reason === 'camera-refused' || reason === 'camera-failed'
}
