/** The global `wx`, from its parts; unknown members fail with their name. */
import type { Phone } from '../phone'
import { NotSimulated } from '../problems'
import { audioApi } from './audio'
import { contextsApi } from './contexts'
import { deviceApi } from './device'
import { navigationApi } from './navigation'
import { networkApi } from './network'
import { permissionsApi } from './permissions'
import { socketApi } from './sockets'
import { storageApi } from './storage'
import { systemApi } from './system'
import { uiApi } from './ui'

export function createWx(phone: Phone): object {
  const parts: object = {
    ...storageApi(phone.query.account),
    ...networkApi(phone),
    ...socketApi(phone),
    ...uiApi(phone),
    ...navigationApi(phone),
    ...systemApi(phone),
    ...deviceApi(phone),
    ...permissionsApi(phone),
    ...audioApi(phone),
    ...contextsApi(phone),
    /** Whether such an API exists; its parameters are not checked. */
    canIUse: (schema: string): boolean => (schema.split('.')[0] ?? '') in parts,
    env: { USER_DATA_PATH: 'wxfile://usr' },
  }
  return new Proxy(parts, {
    get(target, name) {
      if (name in target || typeof name === 'symbol') return Reflect.get(target, name)
      const problem = new NotSimulated(`wx.${name}`)
      // Shown at once, because the caller may catch it.
      phone.problems.show(problem)
      throw problem
    },
  })
}
