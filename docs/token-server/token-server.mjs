/**
 * The part of an app's server that gives its users their tokens for NetEase's service. The mini-program asks
 * `POST /api/tokens` with `{ "account": "alice" }` and gets `{ "token": "…" }`. The AppSecret stays here.
 *
 *   APP_KEY=… APP_SECRET=… ACCOUNTS=alice,bob node token-server.mjs
 *
 * Behind a web server with https, as WeChat wants it. In an app of your own, ask your own login who it is that asks.
 */
import { createHash, randomBytes } from 'node:crypto'
import { createServer } from 'node:http'

const {
  APP_KEY,
  APP_SECRET,
  ACCOUNTS = '',
  PORT = '8361',
  YUNXIN_API = 'https://api.netease.im/nimserver',
} = process.env
if (!APP_KEY || !APP_SECRET) {
  console.error('APP_KEY and APP_SECRET are needed: the Yunxin console shows them.')
  process.exit(1)
}
/** Who may call here. */
const accounts = ACCOUNTS.split(',').filter(Boolean)
const ALREADY_REGISTERED = 414

/** A request to NetEase's server API; gives the answer's fields, `code` among them. */
async function yunxin(action, fields) {
  const nonce = randomBytes(16).toString('hex')
  const curTime = String(Math.floor(Date.now() / 1000))
  const checkSum = createHash('sha1').update(`${APP_SECRET}${nonce}${curTime}`).digest('hex')
  const answer = await fetch(`${YUNXIN_API}/${action}.action`, {
    method: 'POST',
    headers: {
      AppKey: APP_KEY,
      Nonce: nonce,
      CurTime: curTime,
      CheckSum: checkSum,
      'Content-Type': 'application/x-www-form-urlencoded;charset=utf-8',
    },
    body: new URLSearchParams(fields),
    signal: AbortSignal.timeout(5_000),
  })
  return answer.json()
}

const tokens = new Map()

/** The account's token; the first time it is asked for, the account is made, and is everybody's friend. */
async function tokenOf(account) {
  const known = tokens.get(account)
  if (known) return known
  let answer = await yunxin('user/create', { accid: account })
  if (answer.code === ALREADY_REGISTERED) answer = await yunxin('user/refreshToken', { accid: account })
  if (answer.code !== 200) throw new Error(`NetEase answered ${answer.code}: ${answer.desc ?? ''}`)
  for (const friend of tokens.keys()) await yunxin('friend/add', { accid: account, faccid: friend, type: '1' })
  tokens.set(account, answer.info.token)
  return answer.info.token
}

async function accountAsked(request) {
  let body = ''
  for await (const part of request) {
    body += part
    if (body.length > 10_000) return undefined
  }
  try {
    return JSON.parse(body).account
  } catch {
    return undefined
  }
}

const server = createServer(async (request, response) => {
  const answer = (status, body) =>
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))
  if (request.method !== 'POST' || request.url !== '/api/tokens') {
    return answer(404, { error: { message: 'only POST /api/tokens is here' } })
  }
  const account = await accountAsked(request)
  if (!accounts.includes(account)) return answer(403, { error: { message: 'this account may not call here' } })
  try {
    return answer(200, { token: await tokenOf(account) })
  } catch (error) {
    console.error(error)
    return answer(502, { error: { message: "NetEase's service gave no token" } })
  }
})
server.listen(Number(PORT), () => console.log(`Tokens at http://127.0.0.1:${server.address().port}/api/tokens`))
