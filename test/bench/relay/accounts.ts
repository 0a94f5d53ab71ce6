/** A token of an account, as the service gives it to whoever asks while it is tried out. */
export async function tokenOf(url: string, account: string): Promise<string> {
  const response = await fetch(`${url}/api/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ account }),
  })
  return String(field(await response.json(), 'token'))
}

/** What an answer has to have. */
export function field(value: unknown, name: string): unknown {
  const found: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
  if (found === undefined) throw new Error(`no ${name} in ${JSON.stringify(value)}`)
  return found
}
