/**
 * `npm test`: all tests, or those selected by jest's arguments; `--unit`: those that need neither a browser nor ffmpeg; `--long`: more
 * rounds of random tests. The last line is the count: `N passed, N failed`, and the skipped ones if there are any.
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

/** Rounds of random tests for `--long`; the environment takes precedence. */
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
  // Calls in the browser run in real time and need one and a half cores: beside other tests they take longer than both in sequence, and on
  // a slow machine their players cannot keep up.
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
