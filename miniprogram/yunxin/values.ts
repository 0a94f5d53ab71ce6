/** Values from the SDK, which sends some numbers as strings and uses several names for one thing. */
import { member } from '../json'
import type { Account, AccountUidMap, Cid } from '../netcall/types'

/** The first of these properties that exists. */
export function anyOf(value: unknown, ...names: string[]): unknown {
  return names.map((name) => member(value, name)).find((found) => found !== undefined && found !== null)
}

/** A safe integer, possibly as a string; undefined otherwise. */
export function integer(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value
  return Number.isSafeInteger(number) ? Number(number) : undefined
}
/** One of these integers. */
export function integerOf<const N extends number>(value: unknown, choices: readonly N[]): N | undefined {
  const number = integer(value)
  return choices.find((choice) => choice === number)
}
export function text(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  return typeof value === 'number' ? String(value) : undefined
}
export function account(value: unknown): Account | undefined {
  return text(value) || undefined
}
export function yes(value: unknown): boolean {
  return value === true || value === 1 || value === '1' || value === 'true'
}
export function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}
export function accountUidMap(value: unknown): AccountUidMap {
  const map: AccountUidMap = {}
  if (typeof value !== 'object' || value === null) return map
  for (const [name, number] of Object.entries(value)) {
    const uid = integer(number)
    if (uid !== undefined) map[name] = uid
  }
  return map
}
/** A call's or room's number, by either of its names. */
export function cidOf(value: unknown): Cid | undefined {
  return integer(anyOf(value, 'cid', 'channelId'))
}
/** When it was sent, ms since 1970. */
export function timetag(value: unknown): number {
  return integer(anyOf(value, 'timetag')) ?? Date.now()
}
