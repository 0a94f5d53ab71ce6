/** A copy like WeChat's: what JSON can represent. (jsdom has no `structuredClone`.) */
export function clone(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value))
}
