/** What `npm start` runs: the call service and, on the same port, the page with the phones. */
import { closeOnSignals, fail } from '../server/run'
import type { Listening } from '../server/service'
import { hasDisplay, openBrowser } from './open-browser'
import { startPreview } from './start'

const NO_OPEN = '--no-open'

function greet({ url, rtmpPort, addresses }: Listening): void {
  const lines = [
    '',
    `  两部手机已就绪 · Two phones are ready:  ${url}/`,
    '',
    `  更多手机 · More phones:  ${url}/?accounts=alice,bob,carol`,
    `  真机推流端口 · RTMP port for real phones:  ${rtmpPort}`,
    ...addresses.lan.map((address) => `  同一网络的手机填写 · On a phone in this network enter:  ${address}`),
    '  按 Ctrl+C 结束 · Ctrl+C stops it',
    '',
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
}

async function main(): Promise<void> {
  const args = process.argv.slice(2)
  const preview = await startPreview(
    process.env,
    args.filter((arg) => arg !== NO_OPEN),
  )
  greet(preview.listening)
  if (!args.includes(NO_OPEN) && hasDisplay(process.env, process.platform)) {
    openBrowser(`${preview.listening.url}/`, process.platform)
  }
  closeOnSignals(() => preview.close())
}

main().catch(fail)
