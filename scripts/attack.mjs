/**
 * `npm run attack`: attacks the call service while honest members talk and are recorded. `npm run attack -- connections rings` selects
 * attacks.
 */
import { runInstead } from './setup/run.mjs'
import { orExplain } from './setup/say.mjs'
import { ROOT, setUp } from './setup.mjs'

const env = await orExplain(() => setUp({ browser: 'no' }))
process.exitCode = await runInstead(['--import', 'tsx', 'test/attack/main.ts', ...process.argv.slice(2)], {
  cwd: ROOT,
  env,
})
