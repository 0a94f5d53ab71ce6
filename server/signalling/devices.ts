import { EventEmitter } from 'node:events'
import { SIGNAL_CLOSE, type SignalNotificationName, type SignalNotifications } from '../../miniprogram/netcall/protocol'
import type { Timeline } from '../timeline'
import type { Device } from './device'

const MAX_DEVICES = 8

/** Who is online, and with which devices. `presence` tells when an account's first device comes or its last one goes. */
export class Devices extends EventEmitter<{ presence: [account: string, online: boolean] }> {
  private readonly byAccount = new Map<string, Set<Device>>()

  constructor(private readonly timeline: Timeline) {
    super()
  }

  get count(): number {
    return [...this.byAccount.values()].reduce((sum, devices) => sum + devices.size, 0)
  }

  isOnline(account: string): boolean {
    return this.byAccount.has(account)
  }

  has(account: string, id: string): boolean {
    return [...(this.byAccount.get(account) ?? [])].some((device) => device.id === id)
  }

  /** Takes a device in; the account's oldest one has to go when there are too many. */
  add(device: Device): void {
    const devices = this.byAccount.get(device.account)
    if (!devices) {
      this.byAccount.set(device.account, new Set([device]))
      this.emit('presence', device.account, true)
      return
    }
    devices.add(device)
    const [oldest] = devices
    if (oldest && devices.size > MAX_DEVICES) {
      const reason = `more than ${MAX_DEVICES} devices`
      oldest.notify('kicked', { reason })
      oldest.close(SIGNAL_CLOSE.kicked, reason)
    }
  }

  remove(device: Device): void {
    const devices = this.byAccount.get(device.account)
    if (!devices?.delete(device) || devices.size > 0) return
    this.byAccount.delete(device.account)
    this.emit('presence', device.account, false)
  }

  /** Tells all of an account's devices (but one), each in its own words; says whether there was any. */
  notifyEach<N extends SignalNotificationName>(
    account: string,
    name: N,
    bodyFor: (device: Device) => SignalNotifications[N],
    except?: Device,
  ): boolean {
    const devices = [...(this.byAccount.get(account) ?? [])].filter((device) => device !== except)
    for (const device of devices) {
      const body = bodyFor(device)
      device.notify(name, body)
      this.note(name, account, body)
    }
    return devices.length > 0
  }

  notify<N extends SignalNotificationName>(
    account: string,
    name: N,
    body: SignalNotifications[N],
    except?: Device,
  ): boolean {
    return this.notifyEach(account, name, () => body, except)
  }

  /** Tells everyone else about an account. Not for the timeline: it is about no call. */
  broadcastPresence(account: string, online: boolean): void {
    for (const [other, devices] of this.byAccount) {
      if (other !== account) for (const device of devices) device.notify('presence', { account, online })
    }
  }

  private note(name: SignalNotificationName, account: string, body: object): void {
    const cid = 'channelId' in body && typeof body.channelId === 'number' ? { cid: body.channelId } : {}
    const data: Record<string, unknown> = { kind: 'notification' }
    if ('account' in body) data['about'] = body.account
    if ('from' in body) data['about'] = body.from
    if ('type' in body) data['type'] = body.type
    if ('accepted' in body) data['accepted'] = body.accepted
    this.timeline.add('signalling', name, { ...cid, account }, data)
  }
}
