/** `npm run bench`: benchmarks of the service and the preview. `npm run bench -- setup recovery` selects some. */
import { runInstead } from './setup/run.mjs'
import { orExplain } from './setup/say.mjs'
import { ROOT, setUp } from './setup.mjs'

const parts = process.argv.slice(2)
const browser = parts.length === 0 || parts.some((part) => part !== 'relay' && part !== 'recording')
const env = await orExplain(() => setUp({ browser: browser ? 'required' : 'no' }))
process.exitCode = await runInstead(['--import', 'tsx', 'bench/main.ts', ...parts], { cwd: ROOT, env })
