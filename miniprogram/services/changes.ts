/** The entries of `next` that differ from `shown`, for setData. Lists are compared by content. */
export function changes<T extends object>(shown: Partial<T>, next: T): Partial<T> {
  const changed: Partial<T> = {}
  for (const key in next) if (!same(shown[key], next[key])) changed[key] = next[key]
  return changed
}

function same(shown: unknown, next: unknown): boolean {
  return shown === next || (typeof next === 'object' && JSON.stringify(shown) === JSON.stringify(next))
}
