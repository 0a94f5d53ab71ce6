import { CODE } from '../../miniprogram/netcall/constants'
import { Refusal } from '../websocket/refusal'
import type { Handlers, SignalContext } from './handlers'

/** Page size of contacts. */
const CONTACTS_PAGE = 100

/** Requests besides calls: heartbeat, contacts, custom messages. */
export function contactHandlers({
  devices,
  accounts,
  budgets,
}: SignalContext): Handlers<'heartbeat' | 'listContacts' | 'sendMessage'> {
  return {
    heartbeat: () => ({ timetag: Date.now() }),

    listContacts(device, { after = '' }) {
      budgets.spend('contacts', 'after', device.account)
      const found = accounts.list?.(after, CONTACTS_PAGE + 1) ?? []
      const page = found.slice(0, CONTACTS_PAGE)
      const more = found.length > page.length
      if (accounts.list) devices.watchPresence(device, more ? (page.at(-1) ?? '') : null)
      const others = page.filter((account) => account !== device.account)
      return { contacts: others.map((account) => ({ account, online: devices.isOnline(account) })), more }
    },

    sendMessage(device, { to, content }) {
      budgets.spend('messages', 'to', device.account)
      budgets.spend('messagesToOne', 'to', device.account, to)
      const timetag = Date.now()
      const delivered = devices.notify(to, 'message', { from: device.account, content, timetag }, device)
      if (!delivered) throw new Refusal(CODE.calleeOffline, `to: "${to}" is offline, or does not accept messages now`)
      return { timetag }
    },
  }
}
