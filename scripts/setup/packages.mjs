import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { npm } from './npm.mjs'
import { say, SetupError } from './say.mjs'

/** Runs `npm ci` if the installed packages differ from package-lock.json. */
export async function ensurePackages(root) {
  const reason = outdated(
    readPackages(join(root, 'package-lock.json')),
    readPackages(join(root, 'node_modules/.package-lock.json')),
  )
  if (reason === null) return
  say(`• Installing packages (npm ci): ${reason}`)
  const begun = Date.now()
  await npm(['ci'], root)
  say(`✓ Packages installed in ${Math.round((Date.now() - begun) / 1000)} s`)
}

/** Why packages have to be installed; null if they match the lock file. */
export function outdated(wanted, installed) {
  if (wanted === null) throw new SetupError('package-lock.json is missing: this is not a whole copy of the project')
  if (installed === null) return 'nothing is installed yet'
  for (const [path, { version, optional }] of Object.entries(wanted)) {
    const found = installed[path]
    // Optional packages exist only on their platform.
    if (path === '' || (!found && optional)) continue
    const name = path.replace(/^.*node_modules\//, '')
    if (!found) return `${name} is missing`
    if (found.version !== version) return `${name} is ${found.version}, not ${version}`
  }
  return null
}

/** npm's hidden lock file is written at the end: an interrupted installation has none. */
function readPackages(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages ?? {}
  } catch {
    return null
  }
}
