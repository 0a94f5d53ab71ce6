import type { Listening } from '../server/service'
import { qrCode } from './qr-code'

export interface GreetingOptions {
  /** Available for phones in the network: `--lan`. */
  lan: boolean
  /** True if a client can sign in as any account without an app's own login. */
  devTokens: boolean
  /** Printed to a terminal, not to a file. */
  colours: boolean
}

/** The message of `npm start` when all is ready; with phones in the network, a QR code for the login page. */
export function greeting({ url, rtmpPort, addresses }: Listening, options: GreetingOptions): string {
  const lines = [
    '',
    `  两部手机已就绪 · Two phones are ready:  ${url}/`,
    '',
    `  更多手机 · More phones:  ${url}/?accounts=alice,bob,carol`,
    `  真机推流端口 · RTMP port for real phones:  ${rtmpPort}`,
    ...phones(addresses.lan, options),
    '  按 Ctrl+C 结束 · Ctrl+C stops it',
    '',
  ]
  return lines.join('\n')
}

function phones([first, ...others]: readonly string[], { lan, devTokens, colours }: GreetingOptions): string[] {
  if (first === undefined) {
    return lan
      ? ['  没有找到局域网地址，请先连接网络 · No address for phones: connect this computer to their network']
      : []
  }
  return [
    '',
    `  同一网络的手机请在登录页扫码或填写 · On a phone in this network, scan or enter on the login page:  ${first}`,
    ...others.map((address) => `  或 · or:  ${address}`),
    '',
    ...qrCode(first, colours).map((line) => `  ${line}`),
    '',
    devTokens
      ? '  同一网络的任何人都能以任何账号登录，仅供开发 · Anybody in this network may sign in as anybody: for development only'
      : '  不能只凭账号登录 · Signing in by name is off:  DEV_TOKENS=on',
    '',
  ]
}
