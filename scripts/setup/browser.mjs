import { accessSync, constants, readFileSync, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { spawnSync } from 'node:child_process'
import { runQuietly } from './run.mjs'
import { say, SetupError } from './say.mjs'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'msedge']
const FONTS = 'fonts-noto-cjk'

/** Usual places outside of PATH. */
function usualPlaces(env) {
  if (process.platform === 'darwin') {
    return [
      'Chromium.app/Contents/MacOS/Chromium',
      'Google Chrome.app/Contents/MacOS/Google Chrome',
      'Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
    ].map((app) => join('/Applications', app))
  }
  if (process.platform !== 'win32') return []
  const roots = [env['PROGRAMFILES'], env['PROGRAMFILES(X86)'], env['LOCALAPPDATA']].filter(
    (root) => root !== undefined,
  )
  const programs = [
    'Chromium/Application/chrome.exe',
    'Google/Chrome/Application/chrome.exe',
    'Microsoft/Edge/Application/msedge.exe',
  ]
  return roots.flatMap((root) => programs.map((program) => join(root, program)))
}

/** A Chromium: the one that CHROMIUM names, one in PATH, one in a usual place; null when there is none. */
export function findBrowser(env = process.env) {
  const named = env['CHROMIUM']
  if (named !== undefined && named !== '') {
    if (isProgram(named)) return named
    throw new SetupError(
      `CHROMIUM names ${named}, which is not a program. Set it to a Chromium or Chrome, or unset it.`,
    )
  }
  const extension = process.platform === 'win32' ? '.exe' : ''
  const inPath = (env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((folder) => NAMES.map((name) => join(folder, name + extension)))
  return [...inPath, ...usualPlaces(env)].find(isProgram) ?? null
}

/** Finds a Chromium for the tests, or installs Debian's where that is allowed; gives its path. */
export async function ensureBrowser(env = process.env) {
  const found = findBrowser(env)
  const packages = [...(found === null ? ['chromium'] : []), ...(hasChineseFont() ? [] : [FONTS])]
  if (packages.length > 0 && mayInstall()) await install(packages)
  const browser = found ?? findBrowser(env)
  if (browser !== null) return browser
  throw new SetupError(
    'The tests need a Chromium, and none was found. Install Chromium or Google Chrome' +
      `${process.platform === 'linux' ? ` (Debian: sudo apt-get install chromium ${FONTS})` : ''}, ` +
      'or set CHROMIUM to the path of one.',
  )
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

/** Only Linux leaves it to the user whether Chinese can be shown; where fontconfig cannot tell, nothing is asked for. */
function hasChineseFont() {
  if (process.platform !== 'linux') return true
  const { status, stdout } = spawnSync('fc-list', [':lang=zh', 'family'], { encoding: 'utf8' })
  return status === 0 && stdout.trim() !== ''
}

/** Root on Debian. Ubuntu's `chromium` package is only a signpost to a snap. */
function mayInstall() {
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !isProgram('/usr/bin/apt-get')) return false
  try {
    return /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'))
  } catch {
    return false
  }
}

async function install(packages) {
  say(`• Installing ${packages.join(' and ')} (apt-get)`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const steps = [['update'], ['install', '--yes', '--no-install-recommends', ...packages]]
  for (const args of steps) {
    const { code, output } = await runQuietly('apt-get', args, { label: `apt-get ${args[0]}`, env })
    if (code !== 0) {
      const words = output.trim().split('\n').slice(-10).join('\n')
      throw new SetupError(`apt-get ${args.join(' ')} failed. Set CHROMIUM to a Chromium, or mend this:\n\n${words}`)
    }
  }
  say(`✓ ${packages.join(' and ')} installed`)
}
