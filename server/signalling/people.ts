import { CODE } from '../../miniprogram/netcall/constants'
import { Refusal } from '../links/refusal'
import type { Handlers, SignalContext } from './handlers'

/** The services around calls: the link itself, contacts, custom messages. */
export function peopleHandlers({
  devices,
  accounts,
}: SignalContext): Handlers<'heartbeat' | 'listContacts' | 'sendMessage'> {
  return {
    heartbeat: () => ({ timetag: Date.now() }),

    listContacts(device) {
      const others = accounts().filter((account) => account !== device.account)
      return { contacts: others.map((account) => ({ account, online: devices.isOnline(account) })) }
    },

    sendMessage(device, { to, content }) {
      const timetag = Date.now()
      const delivered = devices.notify(to, 'message', { from: device.account, content, timetag }, device)
      if (!delivered) throw new Refusal(CODE.calleeOffline, `to: "${to}" is offline`)
      return { timetag }
    },
  }
}
