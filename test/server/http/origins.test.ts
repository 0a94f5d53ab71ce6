/** While anybody may sign in by name, web pages of strangers are rejected: by their origin, and by a name that resolves to this machine. */
import { request } from 'node:http'
import { hostname } from 'node:os'
import { WebSocket } from 'ws'
import { startService, type TestService } from '../../support/service'

let running: TestService
afterEach(() => running.close())

/** Status of a sign-in with these headers. */
function signIn(headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asking = request(
      {
        host: '127.0.0.1',
        port: running.port,
        path: '/api/tokens',
        method: 'POST',
        headers: { 'Content-Type': 'application/json', ...headers },
      },
      (response) => {
        response.resume()
        resolve(response.statusCode)
      },
    )
    asking.on('error', reject)
    asking.end('{"account":"alice"}')
  })
}
/** Whether the connection is opened; the service closes it later without a token. */
function opens(path: string, headers: Record<string, string>): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${running.port}${path}`, { headers })
    socket.on('open', () => {
      resolve(true)
      socket.terminate()
    })
    socket.on('error', () => resolve(false))
  })
}

const OWN = ['127.0.0.1', '[::1]', 'localhost', 'phone.localhost', '192.168.1.7', hostname(), `${hostname()}.local`]

test("a stranger's domain name that resolves to this machine is rejected", async () => {
  running = await startService()
  for (const name of OWN) expect([name, await signIn({ Host: `${name}:${running.port}` })]).toEqual([name, 200])
  for (const name of ['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example', 'evil.example.']) {
    expect([name, await signIn({ Host: `${name}:${running.port}` })]).toEqual([name, 403])
    for (const path of ['/signal?account=alice&token=x', '/gateway']) {
      expect([path, await opens(path, { Host: name })]).toEqual([path, false])
    }
  }
})

test("pages of another origin are rejected, also on this machine; the service's own and WeChat's are not", async () => {
  running = await startService()
  const own = `127.0.0.1:${running.port}`
  const good = [`http://${own}`, 'https://servicewechat.com', 'weapp://wechat-game-runtime']
  const bad = ['https://evil.example', 'http://127.0.0.1:9', 'null', 'https://servicewechat.com.evil.example', own, '']
  for (const origin of good) {
    expect([origin, await signIn({ Origin: origin })]).toEqual([origin, 200])
    expect([origin, await opens('/signal', { Origin: origin })]).toEqual([origin, true])
  }
  for (const origin of bad) {
    expect([origin, await signIn({ Origin: origin })]).toEqual([origin, 403])
    expect([origin, await opens('/signal', { Origin: origin })]).toEqual([origin, false])
    expect([origin, await opens('/gateway', { Origin: origin })]).toEqual([origin, false])
  }
})

test('PUBLIC_URL is a name of the service', async () => {
  running = await startService({ publicUrl: 'https://call.example.com', devTokens: true })
  expect(await signIn({ Host: 'call.example.com', Origin: 'https://call.example.com' })).toBe(200)
  // A proxy may use another name for the service.
  expect(await signIn({ Host: '127.0.0.1', Origin: 'https://call.example.com' })).toBe(200)
  expect(await signIn({ Host: 'other.example.com' })).toBe(403)
})

test('without development tokens any name is accepted, because a token is required', async () => {
  running = await startService({ devTokens: false })
  expect(await signIn({ Host: 'call.example.com', Origin: 'https://app.example.com' })).toBe(403)
  expect(await opens('/signal', { Host: 'call.example.com', Origin: 'https://app.example.com' })).toBe(true)
})
