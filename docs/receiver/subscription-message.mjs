/**
 * Tells callees whose app is closed of a call, by a WeChat subscription message; a tap opens the app, where the call still rings or is
 * in the list. Node, no packages; used by receiver.mjs if WECHAT_TEMPLATE is set:
 *
 *   WECHAT_APP_ID, WECHAT_APP_SECRET   of the mini-program (not the call service's)
 *   WECHAT_TEMPLATE                    id of a template with the fields below
 *   OPEN_IDS                           {"<account>": "<openid>"}; your server: the table of its users
 *
 * The user has to have agreed, once for each message: `wx.requestSubscribeMessage` in a tap (docs/guide.md).
 */
const {
  WECHAT_APP_ID,
  WECHAT_APP_SECRET,
  WECHAT_TEMPLATE,
  WECHAT_API = 'https://api.weixin.qq.com',
  OPEN_IDS = '{}',
  // ms; the callback has to be answered within 5 s.
  WECHAT_TIMEOUT = '2000',
} = process.env
const openIds = JSON.parse(OPEN_IDS)
const PAGE = 'pages/records/records'
/** WeChat's errcodes: the access token is invalid or has expired; the user has not agreed, or all agreed messages are sent. */
const BAD_TOKEN = [40001, 40014, 42001]
const NOT_AGREED = 43101

/** The template's fields. Change them to those of your template; a `thing` has at most 20 characters. */
const fieldsOf = ({ fromAccount, type, createtime }) => ({
  thing1: { value: fromAccount.slice(0, 20) },
  thing2: { value: type === 'AUDIO' ? '语音通话' : '视频通话' },
  time3: { value: timeOf(Number(createtime)) },
})

/** Sends the message to all callees. Resolves with the result per account: "sent", "no openid" or "not agreed". Rejects after any other failure, so that the callback is repeated. */
export async function remind(event) {
  const results = {}
  for (const account of event.toAccountList) {
    const openId = openIds[account]
    results[account] = openId ? await send(openId, fieldsOf(event)) : 'no openid'
  }
  return results
}

async function send(touser, data, isRetry = false) {
  const message = { touser, template_id: WECHAT_TEMPLATE, page: PAGE, data }
  const path = `/cgi-bin/message/subscribe/send?access_token=${await accessToken(isRetry)}`
  const { errcode = 0, errmsg } = await post(path, message)
  if (errcode === 0) return 'sent'
  if (errcode === NOT_AGREED) return 'not agreed'
  if (BAD_TOKEN.includes(errcode) && !isRetry) return await send(touser, data, true)
  throw new Error(`subscribeMessage.send: ${errcode} ${errmsg}`)
}

let known = { token: '', expires: 0 }

async function accessToken(isFresh) {
  if (!isFresh && known.expires > Date.now()) return known.token
  const app = { grant_type: 'client_credential', appid: WECHAT_APP_ID, secret: WECHAT_APP_SECRET }
  const answer = await post('/cgi-bin/stable_token', { ...app, force_refresh: isFresh })
  if (!answer.access_token) throw new Error(`stable_token: ${answer.errcode} ${answer.errmsg}`)
  // A minute early, so that it does not expire on the way.
  known = { token: answer.access_token, expires: Date.now() + (answer.expires_in - 60) * 1000 }
  return known.token
}

async function post(path, body) {
  const response = await fetch(WECHAT_API + path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(Number(WECHAT_TIMEOUT)),
  })
  return await response.json()
}

/** As templates want it, in China's time: 2026-11-30 18:05. */
const timeOf = (ms) => new Date(ms + 8 * 3600_000).toISOString().slice(0, 16).replace('T', ' ')
