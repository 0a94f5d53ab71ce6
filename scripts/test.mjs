/**
 * `npm test`: all tests, or those that jest's arguments choose; `--unit` those that need neither a browser nor ffmpeg; `--long` with
 * many rounds of what is tried by chance. The last line is the count: `N passed, N failed`, and how many were skipped where some were.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { runInstead } from './setup/run.mjs'
import { orExplain, say } from './setup/say.mjs'
import { ROOT, setUp } from './setup.mjs'
import { readFiles, resultOf, summaryOf } from './test/results.mjs'

const UNIT = ['miniprogram', 'server', 'preview', 'docs']
const WORKERS = Math.max(2, Math.min(4, availableParallelism()))

/** How often and in how many ways `--long` tries what `npm test` tries once or a few times; the environment has the last word. */
const LONG = {
  SEED: 'random',
  KILLS: '20',
  ROUNDS: '10',
  ROOMS: '60',
  PLANS: 'all',
  CALLS: '1000',
  LOOKS: 'all',
  DRIFTING: '7200',
}

const chosen = process.argv.slice(2).filter((arg) => arg !== '--unit' && arg !== '--long')
const unit = process.argv.includes('--unit')
const long = process.argv.includes('--long')
const env = await orExplain(() => setUp({ browser: unit ? 'no' : 'wanted' }))
if (env.NO_BROWSER !== undefined) say(`– The end-to-end tests are skipped. ${env.NO_BROWSER}`)

const folder = mkdtempSync(join(tmpdir(), 'test-'))
const result = resultOf(await runParts())
rmSync(folder, { recursive: true, force: true })
process.stdout.write(`${summaryOf(result)}\n`)
process.exitCode = result.good ? 0 : 1

async function runParts() {
  if (unit) return [await run('unit', WORKERS, ['--selectProjects', ...UNIT, ...chosen])]
  if (chosen.length > 0) return [await run('chosen', WORKERS, chosen)]
  // Calls in the browser run in real time and need a core and a half for themselves: beside other tests they take longer than both
  // one after the other, and on a slow machine their players no longer keep up.
  return [
    await run('others', WORKERS, ['--selectProjects', ...UNIT, 'check', 'ffmpeg', 'browser']),
    await run('end-to-end', 1, ['--selectProjects', 'e2e']),
  ]
}

async function run(part, workers, args) {
  const path = join(folder, `${part}.json`)
  const options = [
    '--reporters',
    join(ROOT, 'scripts/test/reporter.mjs'),
    '--testSequencer',
    join(ROOT, 'scripts/test/sequencer.mjs'),
  ]
  const code = await runInstead(
    ['node_modules/jest/bin/jest.js', '--maxWorkers', String(workers), ...options, ...args],
    {
      cwd: ROOT,
      env: { ...(long ? LONG : {}), ...env, TEST_PART: part, TEST_RESULT: path },
    },
  )
  return { part, files: readFiles(path), code }
}
