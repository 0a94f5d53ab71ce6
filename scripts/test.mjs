/** `npm test`: all tests, or those that jest's arguments choose. The last line says `N passed, N failed`. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { runInstead } from './setup/run.mjs'
import { orExplain } from './setup/say.mjs'
import { ROOT, setUp } from './setup.mjs'
import { verdict } from './setup/verdict.mjs'

const STORIES = ['--selectProjects', 'e2e']
/** Stories with so many phones that they want a small machine for themselves. */
const CROWDED = 'e2e/(rooms|surviving)\\.test'
const PROJECTS = ['miniprogram', 'server', 'preview', 'check', 'docs']

const env = await orExplain(() => setUp({ browser: true }))
const folder = mkdtempSync(join(tmpdir(), 'test-'))
const chosen = process.argv.slice(2)
// Two at least: many of them wait, too.
const others = Math.max(2, Math.min(4, Math.ceil(cpus().length / 2)))
// Whole stories mostly wait, for real time to pass: they run beside the rest, one at a time, because their media are real.
const verdicts =
  chosen.length > 0
    ? [await run('chosen', others, chosen)]
    : [
        ...(await Promise.all([
          run('stories', 1, [...STORIES, '--testPathIgnorePatterns', CROWDED]),
          run('others', others, ['--selectProjects', ...PROJECTS]),
        ])),
        await run('crowded-stories', 1, [...STORIES, '--testPathPatterns', CROWDED]),
      ]
rmSync(folder, { recursive: true, force: true })
const sum = (count) => verdicts.reduce((total, verdict) => total + count(verdict), 0)
process.stdout.write(`${sum(({ passed }) => passed)} passed, ${sum(({ failed }) => failed)} failed\n`)
process.exitCode = verdicts.every(({ good }) => good) ? 0 : 1

async function run(name, workers, args) {
  const result = join(folder, `${name}.json`)
  const options = ['--max-workers', String(workers), ...args, '--json', '--outputFile', result]
  const code = await runInstead(['node_modules/jest/bin/jest.js', ...options], { cwd: ROOT, env })
  return verdict(read(result), code)
}

function read(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return null
  }
}
