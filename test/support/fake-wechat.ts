/** WeChat's side of miniprogram-ci: checks the signature like WeChat, and accepts or rejects the package. */
import { constants, generateKeyPairSync, publicDecrypt, type KeyObject } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { isRecord } from '../../scripts/check/files'

export interface FakeWechat {
  url: string
  /** The upload key as from its console, in PEM. */
  key: string
  /** All previews and uploads. */
  packages: Array<{ path: string; query: URLSearchParams; content: Buffer }>
  /** Answers to packages from now on, in order; the last one is used for all that follow. */
  answer(...bodies: [object, ...object[]]): void
  /** Breaks the connection of the next request to a path with this end. */
  break(end: string): void
  /** The next request to a path with this end gets no answer; resolves when it arrives. */
  ignore(end: string): Promise<void>
  close(): Promise<void>
}

const RANDOM = 'a-random-text'
const ATTRIBUTES: unknown = JSON.parse(
  readFileSync(join(__dirname, '../../scripts/miniprogram-ci/account.json'), 'utf8'),
)

export async function fakeWechat(appId: string): Promise<FakeWechat> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const packages: FakeWechat['packages'] = []
  let answers: object[] = []
  let taken: object = { errCode: 0, body: {} }
  let broken: string | null = null
  let ignored: { end: string; heard: () => void } | null = null
  const answerTo = (path: string, query: URLSearchParams, content: Buffer): object => {
    if (path.endsWith('/getrandstr')) return { errCode: 0, data: { randomString: RANDOM } }
    if (path.endsWith('/getattr')) {
      return isSigned(content.toString(), appId, publicKey)
        ? { errCode: 0, data: ATTRIBUTES }
        : { errCode: -1, errMsg: 'get new ticket fail: innerCode: -80002' }
    }
    if (!/\/(upload|testSourceURL)$/.test(path)) return { errCode: 0, data: {} }
    const unpacked = gunzipSync(content)
    packages.push({ path, query, content: unpacked })
    taken = answers.shift() ?? taken
    // The signature is a separate file in the package.
    const signed = /\{"signature":"[^"]+","version":"[^"]+"\}/.exec(unpacked.toString('latin1'))?.[0] ?? '{}'
    return isSigned(signed, appId, publicKey)
      ? taken
      : { errCode: -1, errMsg: 'get new ticket fail: innerCode: -80002' }
  }
  const server = createServer((request, response) => {
    void readBody(request).then((content) => {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://wechat')
      if (broken !== null && pathname.endsWith(broken)) {
        broken = null
        request.socket.destroy()
        return
      }
      if (ignored && pathname.endsWith(ignored.end)) {
        ignored.heard()
        ignored = null
        return
      }
      response.end(JSON.stringify(answerTo(pathname, searchParams, content)))
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port }: Pick<AddressInfo, 'port'> = Object(server.address())
  return {
    url: `http://127.0.0.1:${port}`,
    key: privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
    packages,
    answer: (...bodies) => {
      answers = bodies
    },
    break: (end) => {
      broken = end
    },
    ignore: (end) =>
      new Promise((heard) => {
        ignored = { end, heard }
      }),
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** Whether a JSON text has a signature of the app id and the random text. */
function isSigned(text: string, appId: string, publicKey: KeyObject): boolean {
  const body: unknown = JSON.parse(text)
  const signature = isRecord(body) ? String(body['signature']) : ''
  try {
    const key = { key: publicKey, padding: constants.RSA_PKCS1_PADDING }
    const signed: unknown = JSON.parse(publicDecrypt(key, Buffer.from(signature, 'base64')).toString())
    return isRecord(signed) && signed['appid'] === appId && signed['rand_str'] === RANDOM
  } catch {
    return false
  }
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(Buffer.from(part))
  return Buffer.concat(parts)
}
