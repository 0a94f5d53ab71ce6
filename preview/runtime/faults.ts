/**
 * Faults of real phones, switched by the panel under each phone and by tests. Their effects, and how realistic they are: docs/preview.md.
 */
import type { Conditions } from '../conditions'
import type { Device, Permission } from '../conditions/permissions'
import type { PhoneSocket } from '../conditions/phone-socket'
import type { AppHost } from './app'
import { Listeners } from './emitter'

export interface FaultsState {
  readonly network: boolean
  /** When the network returns (`Date.now()`); null if it is there or unknown. */
  readonly networkBackAt: number | null
  readonly permissions: Readonly<Record<Device, Permission>>
  readonly privacyNeeded: boolean
  readonly interrupted: boolean
  readonly background: boolean
  readonly simulator: boolean
}

/** The parts of a phone that faults use. `app` is read only after the phone is complete. */
interface FaultsDeps {
  readonly conditions: Conditions
  readonly sockets: ReadonlySet<PhoneSocket>
  readonly app: Pick<AppHost, 'hide' | 'show'>
}

export class Faults {
  /** Called after any change. */
  readonly changes = new Listeners<undefined>()

  constructor(private readonly phone: FaultsDeps) {
    const { network, background, permissions, privacy, interrupted, simulator } = phone.conditions
    const changed = (): void => this.changes.emit(undefined)
    for (const { changes } of [network, permissions, privacy]) changes.add(changed)
    for (const { changes } of [background.hidden, interrupted, simulator]) changes.add(changed)
    background.suspended.changes.add((suspended) => this.suspend(suspended))
  }

  get state(): FaultsState {
    const { network, background, permissions, privacy, interrupted, simulator } = this.phone.conditions
    return {
      network: network.state.isConnected,
      networkBackAt: network.backAt,
      permissions: {
        camera: permissions.of('camera'),
        microphone: permissions.of('microphone'),
        album: permissions.of('album'),
      },
      privacyNeeded: privacy.needed,
      interrupted: interrupted.on,
      background: background.hidden.on,
      simulator: simulator.on,
    }
  }

  /** Removes or restores the network. */
  network(on: boolean): void {
    this.phone.conditions.network.set(on)
  }
  /** Removes the network for a time, ms. */
  dropNetwork(duration: number): void {
    this.phone.conditions.network.drop(duration)
    this.changes.emit(undefined)
  }
  /** Breaks each of the mini-program's sockets once; media and network stay. */
  killLink(): void {
    const sockets = [...this.phone.sockets]
    for (const socket of sockets) socket.break()
  }
  permission(device: Device, permission: Permission): void {
    this.phone.conditions.permissions.set(device, permission)
  }
  privacyNeeded(needed: boolean): void {
    this.phone.conditions.privacy.set(needed)
  }
  /** Gives the audio to another app (a phone call), or back. */
  interrupt(on: boolean): void {
    this.phone.conditions.interrupted.set(on)
  }
  /** Sends the mini-program to the background, or back. */
  background(on: boolean): void {
    if (on) this.phone.app.hide()
    else this.phone.app.show()
  }
  /** Behaves as the DevTools simulator from the next page on. */
  simulator(on: boolean): void {
    this.phone.conditions.simulator.set(on)
  }

  /** A suspended mini-program loses its sockets; its service is notified when it is back. */
  private suspend(suspended: boolean): void {
    const { network } = this.phone.conditions
    if (suspended) network.lose(this.phone.sockets)
    else network.releaseLost()
  }
}
