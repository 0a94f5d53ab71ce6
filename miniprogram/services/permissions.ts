/** Permissions for microphone, camera and photo album: of the mini-program by its user, and of WeChat by the phone. */
import type { Language } from './language'

export type Device = 'microphone' | 'camera'
/** Permissions that can be requested. The album is write-only. */
export type Permitted = Device | 'album'

export type Permission =
  | 'granted'
  /** Denied to this mini-program: `wx.openSetting` fixes it. */
  | 'refused'
  /** Denied to WeChat by the phone: `wx.openAppAuthorizeSetting` fixes it. */
  | 'refused-by-system'
  /** The privacy guideline in the mini-program's console does not list the device: only its developer can fix it. */
  | 'not-declared'

export type Refusal = Exclude<Permission, 'granted'>

/** The phone's permissions for WeChat. */
export type SystemPermissions = Record<Permitted, boolean>

const SCOPES = { microphone: 'scope.record', camera: 'scope.camera', album: 'scope.writePhotosAlbum' } as const
/** WeChat's message if a permission may not be requested at all. */
const NOT_DECLARED = 'privacy agreement'

/** Requests a permission. WeChat asks the user only once; after that this returns the earlier decision. */
export async function askFor(what: Permitted): Promise<Permission> {
  if (!systemPermissions()[what]) return 'refused-by-system'
  const permission = await authorize(what)
  // The phone may have shown its own question after WeChat's.
  return systemPermissions()[what] ? permission : 'refused-by-system'
}

export function systemPermissions(): SystemPermissions {
  const { microphoneAuthorized, cameraAuthorized, albumAuthorized } = wx.getAppAuthorizeSetting()
  return {
    microphone: microphoneAuthorized !== 'denied',
    camera: cameraAuthorized !== 'denied',
    // Only iPhones report it.
    album: albumAuthorized !== 'denied',
  }
}

/** Opens the settings in which a denial can be fixed: the phone's if it denies WeChat. */
export function openPermissionSettings(complete: () => void): void {
  const { microphone, camera } = systemPermissions()
  if (microphone && camera) wx.openSetting({ complete })
  else wx.openAppAuthorizeSetting({ complete })
}

/** Shows that a permission is missing, with the way to the settings, if any. */
export function showRefusal(
  refusal: Refusal,
  { title, content }: { title: string; content: string },
  language: Pick<Language, 'texts'>,
): void {
  const words = language.texts('common')
  const mendable = refusal !== 'not-declared'
  wx.showModal({
    title,
    content,
    showCancel: mendable,
    cancelText: words.cancel,
    confirmText: mendable ? language.texts('permissions').toSettings : words.ok,
    success: ({ confirm }) => {
      if (confirm && refusal === 'refused') void wx.openSetting()
      if (confirm && refusal === 'refused-by-system') void wx.openAppAuthorizeSetting()
    },
  })
}

function authorize(what: Permitted): Promise<Permission> {
  return new Promise((resolve) => {
    wx.authorize({
      scope: SCOPES[what],
      success: () => resolve('granted'),
      fail: ({ errMsg }) => resolve(errMsg.includes(NOT_DECLARED) ? 'not-declared' : 'refused'),
    })
  })
}
