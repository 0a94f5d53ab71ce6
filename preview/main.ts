/** Entry of `npm start`: the call service and, on the same port, the page with the phones. */
import { closeOnSignals, fail } from '../server/run'
import { greeting } from './greeting'
import { hasDisplay, openBrowser } from './open-browser'
import { startPreview } from './start'

const NO_OPEN = '--no-open'
/** For phones in the same network: they must reach the service, and sign in without an app's own login. */
const LAN = '--lan'
const SWITCHES = [LAN, NO_OPEN]

async function main(): Promise<void> {
  const args = process.argv.slice(2)
  const lan = args.includes(LAN)
  const preview = await startPreview(
    lan ? { DEV_TOKENS: 'on', ...process.env, HOST: '0.0.0.0' } : process.env,
    args.filter((arg) => !SWITCHES.includes(arg)),
    SWITCHES,
  )
  closeOnSignals(() => preview.close())
  const { listening, devTokens } = preview
  process.stdout.write(`${greeting(listening, { lan, devTokens, colours: process.stdout.isTTY })}\n`)
  if (!args.includes(NO_OPEN) && hasDisplay(process.env, process.platform)) {
    openBrowser(`${listening.url}/`, process.platform)
  }
}

main().catch(fail)
