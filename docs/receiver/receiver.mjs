/**
 * An app's server that receives the call service's callbacks. Node, no packages:
 * `APP_KEY=… APP_SECRET=… PORT=8400 node receiver.mjs`, and the service with CALLBACK_URL=http://127.0.0.1:8400/
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { createServer } from 'node:http'

const { APP_KEY = 'netcall-demo', APP_SECRET, PORT = '8400' } = process.env
if (!APP_SECRET) throw new Error('Set APP_SECRET to the one that the service has')
const BIGGEST = 1024 * 1024
const OLDEST = 5 * 60_000

const hex = (algorithm, data) => createHash(algorithm).update(data).digest('hex')
const same = (one, other) => timingSafeEqual(Buffer.from(hex('sha256', one)), Buffer.from(hex('sha256', other)))

/**
 * Whether the service sent this, unchanged and just now, under this id. The body is the bytes as they came, before any parsing.
 * NetEase's own service sends no X-Callback-Id and no X-Callback-Signature: there leave the last line out and take the MD5 for the id.
 */
function isGenuine({ appkey, curtime, md5, checksum = '', ...headers }, body) {
  const id = headers['x-callback-id']
  const signature = headers['x-callback-signature'] ?? ''
  return (
    appkey === APP_KEY &&
    md5 === hex('md5', body) &&
    same(checksum, hex('sha1', APP_SECRET + md5 + curtime)) &&
    Math.abs(Date.now() - Number(curtime)) < OLDEST &&
    same(
      signature,
      createHmac('sha256', APP_SECRET)
        .update(id + md5 + curtime)
        .digest('hex'),
    )
  )
}

/** Reminds callees whose app is closed; see that file. */
const reminder = process.env.WECHAT_TEMPLATE ? await import('./subscription-message.mjs') : null

/** Events by id that were dealt with, or are just now. Your server: a unique column, written together with what `handle` writes. */
const known = new Map()

/** Deals with an event once, however often it comes; one that failed is dealt with when it comes again. */
function once(id, work) {
  const earlier = known.get(id)
  if (earlier) return earlier
  const done = work()
  known.set(id, done)
  done.catch(() => known.delete(id))
  if (known.size > 10_000) known.delete(known.keys().next().value)
  return done
}

/** What your app does: write it down, download the files (their links expire), tell somebody. */
async function handle(id, event) {
  const type = String(event.eventType)
  if (type === '20') console.log(JSON.stringify({ id, type, from: event.fromAccount, to: event.toAccountList }))
  // `running`: the call still runs, and another event 5 follows.
  if (type === '5') {
    const { channelId, status, running = false } = event
    const members = JSON.parse(event.members).map(({ accid, duration }) => ({ accid, seconds: duration }))
    console.log(JSON.stringify({ id, type, channelId, status, running, members }))
  }
  // A mixed file has the user "0". More events 6 may follow for the same call.
  if (type === '6') {
    const files = JSON.parse(event.fileinfo).map(({ user, filename, md5, url }) => ({ user, filename, md5, url }))
    console.log(JSON.stringify({ id, type, files }))
  }
  if (type === 'unreachable') {
    const { channelId, fromAccount: from, toAccountList: to } = event
    const reminded = await reminder?.remind(event)
    console.log(JSON.stringify({ id, type, channelId, from, to, ...(reminded && { reminded }) }))
  }
  if (type === 'not-connected') {
    const { channelId, fromAccount: from, toAccountList: to, reason } = event
    console.log(JSON.stringify({ id, type, channelId, from, to, reason }))
  }
}

async function read(request) {
  const chunks = []
  let size = 0
  for await (const chunk of request) {
    size += chunk.length
    if (size > BIGGEST) throw new Error('too large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

const server = createServer(async (request, response) => {
  const answer = (status) => response.writeHead(status).end()
  try {
    const body = await read(request)
    if (!isGenuine(request.headers, body)) return answer(403)
    const id = request.headers['x-callback-id']
    await once(id, () => handle(id, JSON.parse(body)))
    answer(200)
  } catch (error) {
    // Anything but 200 makes the service send it again.
    console.error(error.message)
    answer(500)
  }
})
server.listen(Number(PORT), () => console.log(`listening on ${server.address().port}`))
