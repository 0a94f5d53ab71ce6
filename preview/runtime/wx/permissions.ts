/** Permissions and the privacy guideline. The browser asks its own question when a device is opened. */
import { DEVICES, type Device } from '../../conditions/permissions'
import type { PrivacyListener } from '../../conditions/privacy'
import type { Phone } from '../phone'
import { api } from './api'

const SCOPES = { camera: 'scope.camera', microphone: 'scope.record' } as const
const deviceOf = (scope: string): Device | undefined => DEVICES.find((device) => SCOPES[device] === scope)

export function permissionsApi({ app, dialogs, conditions: { permissions, privacy } }: Phone) {
  /** Only what was asked for, as on a phone. */
  const authSetting = (): Record<string, boolean> =>
    Object.fromEntries(
      DEVICES.flatMap((device) => {
        const answer = permissions.answer(device)
        return answer === undefined ? [] : [[SCOPES[device], answer]]
      }),
    )
  return {
    authorize: api('authorize', async ({ scope }: { scope: string }) => {
      const device = deviceOf(scope)
      if (!device) return
      await privacy.require('authorize')
      const permission = permissions.ask(device)
      if (permission === 'refused-by-system') throw new Error('system permission denied')
      if (permission === 'refused') throw new Error('auth deny')
    }),
    getSetting: api('getSetting', () => ({ authSetting: authSetting() })),
    openSetting: api('openSetting', async () => {
      const chosen = await dialogs.showSwitches(authSetting())
      for (const [scope, on] of Object.entries(chosen)) {
        const device = deviceOf(scope)
        // What the system refuses to WeChat, WeChat cannot give.
        if (!device || permissions.of(device) === 'refused-by-system') continue
        permissions.set(device, on ? 'granted' : 'refused')
      }
      return { authSetting: authSetting() }
    }),
    /** The phone's own settings: another app, so this one goes to the background meanwhile. */
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
      const [camera, microphone] = DEVICES.map((device) => permissions.of(device) !== 'refused-by-system')
      return {
        albumAuthorized: 'authorized',
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
    /** The last one that was given counts, as in WeChat. */
    onNeedPrivacyAuthorization(listener: PrivacyListener) {
      privacy.listener = listener
    },
    openPrivacyContract: api('openPrivacyContract', () => dialogs.showPrivacyContract()),
  }
}
