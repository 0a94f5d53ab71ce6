/** `npm run check`: types, lint, format, and validity of the mini-program. The steps are in check/main.ts. */
import { runInstead } from './setup/run.mjs'
import { orExplain } from './setup/say.mjs'
import { ROOT, setUp } from './setup.mjs'

const env = await orExplain(() => setUp())
process.exitCode = await runInstead(['--import', 'tsx', 'scripts/check/main.ts'], { cwd: ROOT, env })
