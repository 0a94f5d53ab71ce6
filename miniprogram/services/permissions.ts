/** Microphone and camera: allowed to the mini-program by its user, and to WeChat by the phone. */

export type Device = 'microphone' | 'camera'

export type Permission =
  | 'granted'
  /** Refused to this mini-program: `wx.openSetting` mends it. */
  | 'refused'
  /** Refused to WeChat by the phone: `wx.openAppAuthorizeSetting` mends it. */
  | 'refused-by-system'
  /** The privacy guideline in the mini-program's console does not name the device: only its developer can mend it. */
  | 'not-declared'

/** What the phone allows WeChat itself. */
export type SystemPermissions = Record<Device, boolean>

const SCOPES = { microphone: 'scope.record', camera: 'scope.camera' } as const
/** How WeChat says that a permission may not even be asked for. */
const NOT_DECLARED = 'privacy agreement'

/** Asks the user for a device, who is asked only once; then, and where it was settled before, says how it stands. */
export async function askFor(device: Device): Promise<Permission> {
  if (!systemPermissions()[device]) return 'refused-by-system'
  const permission = await authorize(device)
  // The phone may have put its own question behind WeChat's.
  return systemPermissions()[device] ? permission : 'refused-by-system'
}

export function systemPermissions(): SystemPermissions {
  const { microphoneAuthorized, cameraAuthorized } = wx.getAppAuthorizeSetting()
  return { microphone: microphoneAuthorized !== 'denied', camera: cameraAuthorized !== 'denied' }
}

/** Opens the settings in which a refusal can be mended: the phone's where it refuses WeChat itself. */
export function openPermissionSettings(complete: () => void): void {
  const { microphone, camera } = systemPermissions()
  if (microphone && camera) wx.openSetting({ complete })
  else wx.openAppAuthorizeSetting({ complete })
}

function authorize(device: Device): Promise<Permission> {
  return new Promise((resolve) => {
    wx.authorize({
      scope: SCOPES[device],
      success: () => resolve('granted'),
      fail: ({ errMsg }) => resolve(errMsg.includes(NOT_DECLARED) ? 'not-declared' : 'refused'),
    })
  })
}
