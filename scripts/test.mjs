/** `npm test`: all tests, or those that jest's arguments choose. The last line says `N passed, N failed`. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { runInstead } from './setup/run.mjs'
import { orExplain } from './setup/say.mjs'
import { ROOT, setUp } from './setup.mjs'
import { verdict } from './setup/verdict.mjs'

const env = await orExplain(() => setUp({ browser: true }))
const folder = mkdtempSync(join(tmpdir(), 'test-'))
const result = join(folder, 'result.json')
// Calls with real media need the other half of the machine.
const workers = Math.max(1, Math.min(4, Math.ceil(cpus().length / 2)))
const args = ['--max-workers', String(workers), ...process.argv.slice(2), '--json', '--outputFile', result]
const code = await runInstead(['node_modules/jest/bin/jest.js', ...args], { cwd: ROOT, env })
const { passed, failed, good } = verdict(read(result), code)
rmSync(folder, { recursive: true, force: true })
process.stdout.write(`${passed} passed, ${failed} failed\n`)
process.exitCode = good ? 0 : 1

function read(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return null
  }
}
