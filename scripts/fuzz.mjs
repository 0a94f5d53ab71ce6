/** `npm run fuzz`: tries the parsers of what comes from outside with inputs made by chance; `SECONDS` and `SEED` choose. */
import { runInstead } from './setup/run.mjs'
import { orExplain } from './setup/say.mjs'
import { ROOT, setUp } from './setup.mjs'

const env = await orExplain(() => setUp({ browser: 'no' }))
process.exitCode = await runInstead(['--import', 'tsx', 'test/fuzz/main.ts'], { cwd: ROOT, env })
