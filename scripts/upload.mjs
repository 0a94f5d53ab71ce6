/** `npm run upload`: uploads the mini-program as a development version. The steps are in wechat/main.ts. */
import { runInstead } from './setup/run.mjs'
import { orExplain } from './setup/say.mjs'
import { ROOT, setUp } from './setup.mjs'

const env = await orExplain(() => setUp())
const program = ['--import', 'tsx', 'scripts/wechat/main.ts', 'upload', ...process.argv.slice(2)]
process.exitCode = await runInstead(program, { cwd: ROOT, env })
