/** Type guards for wire data: frames are used only after they were validated. */
export type Guard<T> = (value: unknown) => value is T

export function isAnything(_value: unknown): _value is unknown {
  return true
}
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
export function isString(value: unknown): value is string {
  return typeof value === 'string'
}
export function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}
export function isBoolean(value: unknown): value is boolean {
  return typeof value === 'boolean'
}
export function isInteger(value: unknown): value is number {
  return Number.isSafeInteger(value)
}
export function oneOf<const T>(choices: readonly T[]): Guard<T> {
  return (value): value is T => choices.some((choice) => choice === value)
}
export function optional<T>(guard: Guard<T>): Guard<T | undefined> {
  return (value): value is T | undefined => value === undefined || guard(value)
}
export function listOf<T>(guard: Guard<T>): Guard<T[]> {
  return (value): value is T[] => Array.isArray(value) && value.every((item) => guard(item))
}
export function mapOf<T>(guard: Guard<T>): Guard<Record<string, T>> {
  return (value): value is Record<string, T> => isObject(value) && Object.values(value).every((item) => guard(item))
}
export function shape<T extends object>(fields: { [K in keyof T]-?: Guard<T[K]> }): Guard<T> {
  return (value): value is T => {
    if (!isObject(value)) return false
    for (const key in fields) if (!fields[key](value[key])) return false
    return true
  }
}

/** The JSON of a text frame; undefined if invalid. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
