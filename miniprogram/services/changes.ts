/** The entries of `next` that differ from `shown`, for setData. */
export function changes<T extends object>(shown: Partial<T>, next: T): Partial<T> {
  const changed: Partial<T> = {}
  for (const key in next) if (shown[key] !== next[key]) changed[key] = next[key]
  return changed
}
