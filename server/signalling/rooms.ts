import { isIn } from '../channels/live-channel'
import type { Handlers, SignalContext } from './handlers'
import { uidMap } from './members'
import { serverMap } from './server-map'

/** Service 9 for rooms. */
export function roomHandlers({
  channels,
  devices,
  budgets,
  tickets,
}: SignalContext): Handlers<'createChannel' | 'joinChannel' | 'queryAccountUidMap'> {
  return {
    createChannel(device, { channelName: name, custom }) {
      budgets.spend('rooms', 'channelName', device.account)
      const { createdAt } = channels.createRoom({ name, account: device.account, custom })
      return { timetag: createdAt }
    },

    joinChannel(device, { channelName }) {
      budgets.spend('rooms', 'channelName', device.account)
      const { channel, member, fresh } = channels.joinRoom(channelName, device.account, device.id)
      const accountUidMap = uidMap(channel)
      for (const { account } of fresh ? [...channel.members.values()].filter(isIn) : []) {
        const newcomer = { [member.account]: member.uid }
        if (account !== member.account)
          devices.notify(account, 'notifyJoin', { channelId: channel.cid, accountUidMap: newcomer })
      }
      return {
        timetag: channel.createdAt,
        channelId: channel.cid,
        accountUidMap,
        serverMap: serverMap(device.address, tickets.issue({ cid: channel.cid, ...member })),
        clientConfig: {},
        custom: channel.custom,
      }
    },

    queryAccountUidMap(device, { channelName, uids }) {
      const known = Object.entries(uidMap(channels.roomOf(channelName, device.account)))
      return { accountUidMap: Object.fromEntries(known.filter(([, uid]) => uids.includes(uid))) }
    },
  }
}
