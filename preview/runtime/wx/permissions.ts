/** Permissions and privacy guideline. The browser asks its own question when a device is opened. */
import { DEVICES, type Device } from '../../conditions/permissions'
import type { PrivacyListener } from '../../conditions/privacy'
import type { Phone } from '../phone'
import { api } from './api'
import { save } from './save'

const SCOPES = { camera: 'scope.camera', microphone: 'scope.record', album: 'scope.writePhotosAlbum' } as const
const deviceOf = (scope: string): Device | undefined => DEVICES.find((device) => SCOPES[device] === scope)

export function permissionsApi({ app, dialogs, conditions: { permissions, privacy } }: Phone) {
  /** Only requested scopes, as on a phone. */
  const authSetting = (): Record<string, boolean> =>
    Object.fromEntries(
      DEVICES.flatMap((device) => {
        const answer = permissions.answer(device)
        return answer === undefined ? [] : [[SCOPES[device], answer]]
      }),
    )
  /** Requests the permission of an API. */
  const allowed = async (name: string, device: Device): Promise<void> => {
    await privacy.require(name)
    const permission = permissions.ask(device)
    if (permission === 'refused-by-system') throw new Error('system permission denied')
    if (permission === 'refused') throw new Error('auth deny')
  }
  return {
    authorize: api('authorize', async ({ scope }: { scope: string }) => {
      const device = deviceOf(scope)
      if (device) await allowed('authorize', device)
    }),
    saveVideoToPhotosAlbum: api('saveVideoToPhotosAlbum', async ({ filePath }: { filePath: string }) => {
      await allowed('saveVideoToPhotosAlbum', 'album')
      save(filePath, 'video.mp4')
    }),
    saveImageToPhotosAlbum: api('saveImageToPhotosAlbum', async ({ filePath }: { filePath: string }) => {
      await allowed('saveImageToPhotosAlbum', 'album')
      save(filePath, 'image.jpg')
    }),
    getSetting: api('getSetting', () => ({ authSetting: authSetting() })),
    openSetting: api('openSetting', async () => {
      const chosen = await dialogs.showSwitches(authSetting())
      for (const [scope, on] of Object.entries(chosen)) {
        const device = deviceOf(scope)
        // WeChat cannot grant what the system denies it.
        if (!device || permissions.of(device) === 'refused-by-system') continue
        permissions.set(device, on ? 'granted' : 'refused')
      }
      return { authSetting: authSetting() }
    }),
    /** The phone's settings: another app, so this one is in the background meanwhile. */
    openAppAuthorizeSetting: api('openAppAuthorizeSetting', () => {
      app.hide()
      const switches = DEVICES.map((device) => [device, permissions.of(device) !== 'refused-by-system'] as const)
      void dialogs.showSwitches(Object.fromEntries(switches)).then((chosen) => {
        for (const device of DEVICES) {
          const allowed = permissions.of(device) !== 'refused-by-system'
          if (chosen[device] !== allowed) permissions.set(device, allowed ? 'refused-by-system' : 'granted')
        }
        app.show()
      })
    }),
    getAppAuthorizeSetting() {
      const [camera, microphone, album] = DEVICES.map((device) => permissions.of(device) !== 'refused-by-system')
      return {
        albumAuthorized: album ? 'authorized' : 'denied',
        bluetoothAuthorized: 'authorized',
        cameraAuthorized: camera ? 'authorized' : 'denied',
        locationAuthorized: 'authorized',
        locationReducedAccuracy: false,
        microphoneAuthorized: microphone ? 'authorized' : 'denied',
        notificationAuthorized: 'authorized',
      }
    },
    getPrivacySetting: api('getPrivacySetting', () => ({
      needAuthorization: privacy.needed,
      privacyContractName: dialogs.privacyName,
    })),
    requirePrivacyAuthorize: api('requirePrivacyAuthorize', () => privacy.require('requirePrivacyAuthorize')),
    /** The last listener wins, as in WeChat. */
    onNeedPrivacyAuthorization(listener: PrivacyListener) {
      privacy.listener = listener
    },
    openPrivacyContract: api('openPrivacyContract', () => dialogs.showPrivacyContract()),
  }
}
