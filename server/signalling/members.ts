import { SCENE } from '../../miniprogram/netcall/constants'
import type { AccountUidMap } from '../../miniprogram/netcall/types'
import { isIn } from '../channels/live-channel'
import type { Channel } from '../channels/types'
import type { Device } from './device'
import type { Devices } from './devices'

/** The uids of a call's members, however they stand to it; of a room's, only of those who are in it. */
export function uidMap({ scene, members }: Channel): AccountUidMap {
  const told = [...members.values()].filter((member) => scene === SCENE.P2P || isIn(member))
  return Object.fromEntries(told.map(({ account, uid }) => [account, uid]))
}

/**
 * Whether another device of the account, one that is there, has taken this one's place in a room. (A device that was away comes
 * back as a new one; so none that is gone keeps the others from acting.)
 */
export function isReplaced({ id, account }: Device, channel: Channel, devices: Devices): boolean {
  const holder = [...channel.members.values()].find((member) => member.account === account)?.device ?? null
  return holder !== null && holder !== id && devices.has(account, holder)
}
