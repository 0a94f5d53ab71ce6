import type { Account } from '../netcall/types'

/** The name of the room that a group call opens: nobody types it, and nobody else's call has it. */
export function nameOfGroupCall(me: Account, at: number): string {
  return `${me}-${at.toString(36)}`
}

/** How far phone and service may differ in when a room was made, ms. */
const CLOCKS_APART = 86_400_000

/** Whether a room is a group call that this account began at about this time, ms; else people know its name. */
export function isGroupCall(name: string, by: Account, at: number): boolean {
  return name.startsWith(`${by}-`) && Math.abs(Number.parseInt(name.slice(by.length + 1), 36) - at) < CLOCKS_APART
}
