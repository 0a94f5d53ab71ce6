/** `npm run check`: types, lint, format, and whether the mini-program is a valid one. The steps are in check/main.ts. */
import { runInstead } from './setup/run.mjs'
import { orExplain } from './setup/say.mjs'
import { ROOT, setUp } from './setup.mjs'

const env = await orExplain(() => setUp())
process.exitCode = await runInstead(['--import', 'tsx', 'scripts/check/main.ts'], { cwd: ROOT, env })
