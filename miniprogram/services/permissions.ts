/** Microphone, camera and photo album: allowed to the mini-program by its user, and to WeChat by the phone. */
import type { Language } from './language'

export type Device = 'microphone' | 'camera'
/** What can be asked for. The album is only written to. */
export type Permitted = Device | 'album'

export type Permission =
  | 'granted'
  /** Refused to this mini-program: `wx.openSetting` mends it. */
  | 'refused'
  /** Refused to WeChat by the phone: `wx.openAppAuthorizeSetting` mends it. */
  | 'refused-by-system'
  /** The privacy guideline in the mini-program's console does not name the device: only its developer can mend it. */
  | 'not-declared'

export type Refusal = Exclude<Permission, 'granted'>

/** What the phone allows WeChat itself. */
export type SystemPermissions = Record<Permitted, boolean>

const SCOPES = { microphone: 'scope.record', camera: 'scope.camera', album: 'scope.writePhotosAlbum' } as const
/** How WeChat says that a permission may not even be asked for. */
const NOT_DECLARED = 'privacy agreement'

/** Asks the user for it, who is asked only once; then, and where it was settled before, says how it stands. */
export async function askFor(what: Permitted): Promise<Permission> {
  if (!systemPermissions()[what]) return 'refused-by-system'
  const permission = await authorize(what)
  // The phone may have put its own question behind WeChat's.
  return systemPermissions()[what] ? permission : 'refused-by-system'
}

export function systemPermissions(): SystemPermissions {
  const { microphoneAuthorized, cameraAuthorized, albumAuthorized } = wx.getAppAuthorizeSetting()
  return {
    microphone: microphoneAuthorized !== 'denied',
    camera: cameraAuthorized !== 'denied',
    // Only iPhones tell.
    album: albumAuthorized !== 'denied',
  }
}

/** Opens the settings in which a refusal can be mended: the phone's where it refuses WeChat itself. */
export function openPermissionSettings(complete: () => void): void {
  const { microphone, camera } = systemPermissions()
  if (microphone && camera) wx.openSetting({ complete })
  else wx.openAppAuthorizeSetting({ complete })
}

/** Says that something was refused, with the way to the settings that mend it, where there is one. */
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
