import { describeFailure } from '../../../miniprogram/components/media/failure'
import type { FailureReason } from '../../../miniprogram/components/media/state'

const allowed = () => ({ microphone: true, camera: true })
const denied = () => ({ microphone: false, camera: false })

describe('a failure', () => {
  test.each<[FailureReason, string, string]>([
    ['camera-refused', 'cameraRefused', 'settings'],
    ['microphone-failed', 'microphoneFailed', 'none'],
    ['camera-failed', 'cameraFailed', 'none'],
    ['privacy', 'privacy', 'none'],
    ['not-supported', 'notSupported', 'none'],
    ['network', 'pushFailed', 'none'],
  ])('%s is a sentence with a way out', (reason, text, wayOut) => {
    expect(describeFailure(reason, allowed)).toEqual({ text, wayOut })
  })
  test('refused by the phone itself, it is mended in the phone’s settings', () => {
    expect(describeFailure('camera-refused', denied)).toEqual({
      text: 'cameraRefusedBySystem',
      wayOut: 'system-settings',
    })
  })
  test('the simulator is none, and without a microphone the call ends', () => {
    expect(describeFailure('simulator', allowed)).toBeNull()
    expect(describeFailure('microphone-refused', allowed)).toBeNull()
  })
})
