/** `npm run fuzz`: fuzzes the parsers of external input; set `SECONDS` and `SEED`. */
import { runInstead } from './setup/run.mjs'
import { orExplain } from './setup/say.mjs'
import { ROOT, setUp } from './setup.mjs'

const env = await orExplain(() => setUp({ browser: 'no' }))
process.exitCode = await runInstead(['--import', 'tsx', 'test/fuzz/main.ts'], { cwd: ROOT, env })
