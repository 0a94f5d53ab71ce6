/**
 * The part of an app's server that signs its users in at the call service, which knows the same APP_SECRET. Node, no packages.
 * Ask your own login who it is that asks, then answer with `accountToken(account, APP_SECRET)`. The secret stays on servers.
 */
import { createHmac } from 'node:crypto'

/** @param seconds how long the token is good for: one that is too old cannot sign in, a link that is open stays open */
export function accountToken(account, appSecret, seconds = 24 * 3600) {
  const claim = `${account}.${(Date.now() + seconds * 1000).toString(36)}`
  return `${claim}.${createHmac('sha256', appSecret).update(`account ${claim}`).digest('base64url')}`
}
