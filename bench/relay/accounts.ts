/** A development token of an account. */
export async function tokenOf(url: string, account: string): Promise<string> {
  const response = await fetch(`${url}/api/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ account }),
  })
  return String(field(await response.json(), 'token'))
}

/** Required members of an answer. */
export function field(value: unknown, name: string): unknown {
  const found: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
  if (found === undefined) throw new Error(`no ${name} in ${JSON.stringify(value)}`)
  return found
}
