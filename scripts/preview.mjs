/** `npm run preview`: shows the mini-program on a phone by a QR code, in the terminal and in a file. The steps are in wechat/main.ts. */
import { runInstead } from './setup/run.mjs'
import { orExplain } from './setup/say.mjs'
import { ROOT, setUp } from './setup.mjs'

const env = await orExplain(() => setUp())
const program = ['--import', 'tsx', 'scripts/wechat/main.ts', 'preview', ...process.argv.slice(2)]
process.exitCode = await runInstead(program, { cwd: ROOT, env })
