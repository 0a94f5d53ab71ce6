import { EventEmitter } from 'node:events'
import { SIGNAL_CLOSE, type SignalNotificationName, type SignalNotifications } from '../../miniprogram/netcall/protocol'
import type { Timeline } from '../timeline'
import type { Device } from './device'

const MAX_DEVICES = 8

/** Signed-in devices by account. Emits `presence` when an account's first device signs in or its last one disconnects. */
export class Devices extends EventEmitter<{ presence: [account: string, online: boolean] }> {
  private readonly byAccount = new Map<string, Set<Device>>()
  /** Devices that show contacts, and up to which name. */
  private readonly watchers = new Map<Device, string | null>()

  constructor(private readonly timeline: Timeline) {
    super()
  }

  get count(): number {
    return [...this.byAccount.values()].reduce((sum, devices) => sum + devices.size, 0)
  }

  /** Devices whose token has expired. */
  expired(now: number): Device[] {
    return [...this.byAccount.values()].flatMap((devices) => [...devices].filter(({ expires }) => expires <= now))
  }

  /** Number of devices by account, sorted by name. */
  counts(): { account: string; devices: number }[] {
    const counts = [...this.byAccount].map(([account, devices]) => ({ account, devices: devices.size }))
    return counts.sort((a, b) => (a.account < b.account ? -1 : 1))
  }

  isOnline(account: string): boolean {
    return this.byAccount.has(account)
  }

  has(account: string, id: string): boolean {
    return [...(this.byAccount.get(account) ?? [])].some((device) => device.id === id)
  }

  /** Adds a device; disconnects the account's oldest one if there are too many. */
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
    this.watchers.delete(device)
    const devices = this.byAccount.get(device.account)
    if (!devices?.delete(device) || devices.size > 0) return
    this.byAccount.delete(device.account)
    this.emit('presence', device.account, false)
  }

  /** Notifies all devices of an account except one; the body may differ per device. Returns whether any was sent. */
  notifyEach<N extends SignalNotificationName>(
    account: string,
    name: N,
    bodyFor: (device: Device) => SignalNotifications[N],
    except?: Device,
  ): boolean {
    const devices = [...(this.byAccount.get(account) ?? [])].filter((device) => device !== except)
    let sent = false
    for (const device of devices) {
      const body = bodyFor(device)
      if (!device.notify(name, body)) continue
      this.note(name, account, body)
      sent = true
    }
    return sent
  }

  notify<N extends SignalNotificationName>(
    account: string,
    name: N,
    body: SignalNotifications[N],
    except?: Device,
  ): boolean {
    return this.notifyEach(account, name, () => body, except)
  }

  /** The device shows contacts up to that name, or all (null), and gets their presence from now on. */
  watchPresence(device: Device, upTo: string | null): void {
    if (this.has(device.account, device.id)) this.watchers.set(device, upTo)
  }

  /** Notifies the devices that show the account. Not in the timeline, because it does not concern a call. */
  tellPresence(account: string, online: boolean): void {
    for (const [device, upTo] of this.watchers) {
      if (device.account !== account && (upTo === null || account <= upTo))
        device.notify('presence', { account, online })
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
