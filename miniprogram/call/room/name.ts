import type { Account } from '../../netcall/types'

/** The generated name of a group call: never typed, and unique. */
export function nameOfGroupCall(me: Account, at: number): string {
  return `${me}-${at.toString(36)}`
}

/** Maximum clock difference between phone and service, ms. */
const CLOCKS_APART = 86_400_000

/** Whether a room is a group call that this account began at about this time, ms; other rooms have known names. */
export function isGroupCall(name: string, by: Account, at: number): boolean {
  return name.startsWith(`${by}-`) && Math.abs(Number.parseInt(name.slice(by.length + 1), 36) - at) < CLOCKS_APART
}
