/** `npm run callbacks`: what the outbox holds; `npm run callbacks -- resend <id>` sends again what was given up. */
import { runInstead } from './setup/run.mjs'
import { orExplain } from './setup/say.mjs'
import { ROOT, setUp } from './setup.mjs'

const env = await orExplain(() => setUp())
const program = ['--import', 'tsx', 'server/callbacks.ts', ...process.argv.slice(2)]
process.exitCode = await runInstead(program, { cwd: ROOT, env })
