import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runQuietly } from './run.mjs'
import { say, SetupError } from './say.mjs'

/** Runs `npm ci` when the installed packages are not those of package-lock.json. */
export async function ensurePackages(root) {
  const reason = outdated(
    readPackages(join(root, 'package-lock.json')),
    readPackages(join(root, 'node_modules/.package-lock.json')),
  )
  if (reason === null) return
  say(`• Installing packages (npm ci): ${reason}`)
  const begun = Date.now()
  const { code, output } = await npmCi(root)
  if (code !== 0) throw new SetupError(explain(output, root))
  say(`✓ Packages installed in ${Math.round((Date.now() - begun) / 1000)} s`)
}

/** Why the packages have to be installed; null when they are as the lock file says. */
export function outdated(wanted, installed) {
  if (wanted === null) throw new SetupError('package-lock.json is missing: this is not a whole copy of the project')
  if (installed === null) return 'nothing is installed yet'
  for (const [path, { version, optional }] of Object.entries(wanted)) {
    const found = installed[path]
    // Optional packages are there only on the platform they are made for.
    if (path === '' || (!found && optional)) continue
    const name = path.replace(/^.*node_modules\//, '')
    if (!found) return `${name} is missing`
    if (found.version !== version) return `${name} is ${found.version}, not ${version}`
  }
  return null
}

/** npm's hidden lock file is written at the end of an installation: an interrupted one leaves none. */
function readPackages(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages ?? {}
  } catch {
    return null
  }
}

function npmCi(root) {
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error']
  return runQuietly('npm', args, { cwd: root, label: 'npm ci' }).catch(() => {
    throw new SetupError('npm was not found. It comes with Node: https://nodejs.org')
  })
}

const EXPLANATIONS = [
  [
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT/,
    () =>
      'npm could not reach its registry. Connect to the network (behind a proxy: npm config set proxy …) and try again.',
  ],
  [
    /EACCES|EPERM|EROFS/,
    (root) =>
      `no permission to write in ${root} or in npm's cache. Give yourself the folder, or copy the project to one of yours.`,
  ],
  [/ENOSPC/, () => 'the disk is full.'],
  [
    /EUSAGE/,
    () =>
      'package-lock.json does not fit package.json, or lacks packages. Get a whole copy of the project, or run npm install.',
  ],
  [/E401|E403/, () => 'the npm registry refused access. Look at your npm configuration: npm config list'],
]

/** npm's failure as a sentence, followed by npm's own first words: the later ones are about its usage and logs. */
export function explain(output, root) {
  const known = EXPLANATIONS.find(([pattern]) => pattern.test(output))
  const lines = output.trim().split('\n')
  const errors = lines.filter((line) => line.startsWith('npm error'))
  const words = (errors.length > 0 ? errors : lines).slice(0, 12).join('\n')
  return `Installing packages failed: ${known ? known[1](root) : 'npm ci ended with an error.'}\n\n${words}`
}
