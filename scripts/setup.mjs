/** Prepares a fresh clone. Plain Node: nothing is installed yet. `node scripts/setup.mjs [--browser]` */
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureBrowser } from './setup/browser.mjs'
import { ensurePackages } from './setup/packages.mjs'
import { endWithParents } from './setup/parents.mjs'
import { orExplain, SetupError } from './setup/say.mjs'

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..')
/** The oldest Node for Vite and oxlint. */
const NODE = '20.19'

/**
 * Checks Node, installs missing packages, and returns the environment for the next step. With a browser `wanted` or `required`, CHROMIUM is
 * its path; NO_BROWSER, a sentence on how to get one, if there is none, it is only wanted, and REQUIRE_BROWSER is not 1. From here on this
 * process ends with the npm that started it.
 */
export async function setUp({ browser = 'no' } = {}) {
  endWithParents()
  const [major, minor] = process.versions.node.split('.').map(Number)
  const [leastMajor, leastMinor] = NODE.split('.').map(Number)
  if (major < leastMajor || (major === leastMajor && minor < leastMinor)) {
    throw new SetupError(
      `This needs Node ${NODE} or newer; this is Node ${process.versions.node}. Get one at https://nodejs.org`,
    )
  }
  await ensurePackages(ROOT)
  if (browser === 'no') return process.env
  const required = browser === 'required' || process.env['REQUIRE_BROWSER'] === '1'
  return { ...process.env, ...(await ensureBrowser({ required })) }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await orExplain(() => setUp({ browser: process.argv.includes('--browser') ? 'required' : 'no' }))
}
