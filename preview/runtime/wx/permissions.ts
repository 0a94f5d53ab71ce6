/** Permissions and the privacy guideline. The browser asks its own question when a device is opened. */
import { Listeners } from '../emitter'
import type { Phone } from '../phone'
import { api } from './api'

const SCOPES = { 'scope.camera': 'camera', 'scope.record': 'microphone' } as const
type Scope = keyof typeof SCOPES

const isScope = (scope: string): scope is Scope => scope in SCOPES

export function permissionsApi({ query, dialogs, refused }: Phone) {
  const granted = new Set<string>()
  for (const [scope, device] of Object.entries(SCOPES)) if (!query.refused.has(device)) granted.add(scope)
  const authSetting = () => Object.fromEntries(Object.keys(SCOPES).map((scope) => [scope, granted.has(scope)]))
  const needed = new Listeners<(answer: { event: string }) => void>()
  return {
    authorize: api('authorize', ({ scope }: { scope: string }) => {
      if (isScope(scope) && !granted.has(scope)) throw new Error('auth deny')
    }),
    getSetting: api('getSetting', () => ({ authSetting: authSetting() })),
    openSetting: api('openSetting', async () => {
      const chosen = await dialogs.showSwitches(authSetting())
      for (const [scope, on] of Object.entries(chosen)) {
        if (!isScope(scope)) continue
        if (on) granted.add(scope)
        else granted.delete(scope)
        if (on) refused.delete(SCOPES[scope])
        else refused.add(SCOPES[scope])
      }
      return { authSetting: authSetting() }
    }),
    openAppAuthorizeSetting: api('openAppAuthorizeSetting', () => undefined),
    getPrivacySetting: api('getPrivacySetting', () => ({ needAuthorization: false, privacyContractName: '' })),
    requirePrivacyAuthorize: api('requirePrivacyAuthorize', () => undefined),
    onNeedPrivacyAuthorization: needed.add,
    offNeedPrivacyAuthorization: needed.remove,
    openPrivacyContract: api('openPrivacyContract', () => undefined),
  }
}
