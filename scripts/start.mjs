/** `npm start`: the call service and the page with the phones. Arguments and environment are passed to preview/main.ts. */
import { runInstead } from './setup/run.mjs'
import { orExplain } from './setup/say.mjs'
import { ROOT, setUp } from './setup.mjs'

const env = await orExplain(() => setUp())
const program = ['--import', 'tsx', 'preview/main.ts', ...process.argv.slice(2)]
process.exitCode = await runInstead(program, { cwd: ROOT, env })
