/** A copy as WeChat keeps one: what JSON can carry. (jsdom has no `structuredClone`.) */
export function clone(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value))
}
