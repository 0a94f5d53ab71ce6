/** `npm run callbacks`: lists the outbox; `npm run callbacks -- resend <id>` sends given-up callbacks again. */
import { runInstead } from './setup/run.mjs'
import { orExplain } from './setup/say.mjs'
import { ROOT, setUp } from './setup.mjs'

const env = await orExplain(() => setUp())
const program = ['--import', 'tsx', 'server/callbacks.ts', ...process.argv.slice(2)]
process.exitCode = await runInstead(program, { cwd: ROOT, env })
