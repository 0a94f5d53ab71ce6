/** Permissions: of WeChat, and of the mini-program in it. */
import { Listeners } from '../runtime/emitter'

/** The last one is not a device, but the photo album. */
export const DEVICES = ['camera', 'microphone', 'album'] as const
export type Device = (typeof DEVICES)[number]
/** `refused` to the mini-program; `refused-by-system` to WeChat. */
export type Permission = 'granted' | 'refused' | 'refused-by-system'

export class Permissions {
  readonly changes = new Listeners<undefined>()
  private readonly will: Record<Device, Permission>
  private readonly asked = new Set<Device>()

  constructor(will: Readonly<Record<Device, Permission>>) {
    this.will = { ...will }
  }

  of(device: Device): Permission {
    return this.will[device]
  }
  set(device: Device, permission: Permission): void {
    if (permission === this.will[device]) return
    this.will[device] = permission
    this.changes.emit(undefined)
  }

  /** Asks the user; answered here without a dialog. WeChat does not ask if it has no permission itself. */
  ask(device: Device): Permission {
    if (this.will[device] !== 'refused-by-system') this.asked.add(device)
    return this.will[device]
  }
  /** The user's earlier answer; undefined before the first request. */
  answer(device: Device): boolean | undefined {
    return this.asked.has(device) ? this.will[device] !== 'refused' : undefined
  }
}
