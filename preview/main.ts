/** What `npm start` runs: the call service and, on the same port, the page with the phones. */
import { ConfigError } from '../server/config'
import { ListenError } from '../server/media/errors'
import type { Listening } from '../server/service'
import { DatabaseError } from '../server/store/database'
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
  let stopping = false
  const stop = (): void => {
    if (stopping) process.exit(1)
    stopping = true
    preview.close().then(() => process.exit(0), fail)
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
}

/** What the user can mend is said in a sentence; anything else with its stack. */
function fail(error: unknown): void {
  const known = error instanceof ConfigError || error instanceof ListenError || error instanceof DatabaseError
  process.stderr.write(`${known ? error.message : error instanceof Error ? error.stack : String(error)}\n`)
  process.exit(1)
}

main().catch(fail)
