/**
 * A client of the call service's server API, for an app's own server, which knows the same APP_SECRET. Node, no packages. As a command:
 *
 *   APP_SECRET=… node docs/server-api/server-api.mjs GET '/calls?state=running'
 *   APP_SECRET=… node docs/server-api/server-api.mjs PUT /calls/<cid>/members/alice/recording '{"audio":true,"video":true,"live":false,"type":"0","hostSpeaker":false}'
 */
import { createHmac } from 'node:crypto'
import { pathToFileURL } from 'node:url'

/** @param seconds its lifetime, 3600 at most */
export function serverToken(appSecret, seconds = 300) {
  const expires = (Date.now() + seconds * 1000).toString(36)
  return `server.${expires}.${createHmac('sha256', appSecret).update(`server ${expires}`).digest('base64url')}`
}

/** The answer's body; null if it has none. Throws an error with the service's message. */
export async function ask({ service, appSecret }, method, path, body) {
  const response = await fetch(`${service}/server/v1${path}`, {
    method,
    headers: { Authorization: `Bearer ${serverToken(appSecret)}`, ...(body && { 'Content-Type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  const answer = text === '' ? null : JSON.parse(text)
  if (!response.ok) throw new Error(`${response.status} ${answer?.error?.message ?? ''}`)
  return answer
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { APP_SECRET: appSecret = '', SERVICE: service = 'http://127.0.0.1:8360' } = process.env
  const [method, path, body] = process.argv.slice(2)
  try {
    console.log(JSON.stringify(await ask({ service, appSecret }, method, path, body && JSON.parse(body)), null, 2))
  } catch (error) {
    console.error(error.message)
    process.exitCode = 1
  }
}
