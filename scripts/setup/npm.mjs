import { runQuietly } from './run.mjs'
import { SetupError } from './say.mjs'

const QUIET = ['--no-audit', '--no-fund', '--loglevel=error']
const WORDS = 6

/** Runs an npm command in a folder. Throws a SetupError if it fails. Arguments must not contain spaces. */
export async function npm(args, folder) {
  const run = runQuietly('npm', [...args, ...QUIET], { cwd: folder, label: `npm ${args[0]}` })
  const { code, output } = await run.catch(() => {
    throw new SetupError('npm was not found. It comes with Node: https://nodejs.org')
  })
  if (code !== 0) throw new SetupError(explain(output, folder))
}

const EXPLANATIONS = [
  [
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT|ENOTCACHED/,
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

/** npm's failure as a sentence, followed by its first lines: later ones are about its code, usage and logs. */
export function explain(output, root) {
  const known = EXPLANATIONS.find(([pattern]) => pattern.test(output))
  const lines = output.trim().split('\n')
  const errors = lines.filter((line) => /^npm error (?! *at )/.test(line))
  const words = (errors.length > 0 ? errors : lines).slice(0, WORDS).join('\n')
  return `Installing packages failed: ${known ? known[1](root) : 'npm ended with an error.'}\n\n${words}`
}
