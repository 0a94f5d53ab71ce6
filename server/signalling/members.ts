import { SCENE } from '../../miniprogram/netcall/constants'
import type { AccountUidMap } from '../../miniprogram/netcall/types'
import { isIn } from '../channels/live-channel'
import type { Channel } from '../channels/types'
import type { Device } from './device'
import type { Devices } from './devices'

/** Uids by account: of all members of a call in any state; of a room, only of members that are in it. */
export function uidMap({ scene, members }: Channel): AccountUidMap {
  const told = [...members.values()].filter((member) => scene === SCENE.P2P || isIn(member))
  return Object.fromEntries(told.map(({ account, uid }) => [account, uid]))
}

/**
 * Whether another connected device of the account replaced this one in a room. A device that reconnects has a new id; therefore one that is
 * offline does not block the others.
 */
export function isReplaced({ id, account }: Device, channel: Channel, devices: Devices): boolean {
  const subject = [...channel.members.values()].find((member) => member.account === account)?.device ?? null
  return subject !== null && subject !== id && devices.has(account, subject)
}
