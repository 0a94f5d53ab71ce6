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

/** The path of a Chromium: from CHROMIUM, PATH, or a usual place; null if there is none. */
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

/**
 * Finds a Chromium for the tests, or installs Debian's if allowed. Returns `CHROMIUM` with its path, or `NO_BROWSER` with a sentence on how
 * to get one; if a browser is required, throws a SetupError with it. `aptGet`: the program that may install packages; null if not allowed.
 */
export async function ensureBrowser({ required, env = process.env, aptGet = findAptGet() }) {
  const found = findBrowser(env)
  const packages = [...(found === null ? ['chromium'] : []), ...(hasChineseFont() ? [] : [FONTS])]
  const problem = packages.length > 0 && aptGet !== null ? await install(aptGet, packages) : null
  const browser = found ?? findBrowser(env)
  if (browser !== null) {
    if (problem !== null) say(`⚠ ${problem}`)
    return { CHROMIUM: browser }
  }
  const advice =
    `No Chromium was found. ${problem === null ? '' : `${problem} `}Install Chromium or Google Chrome` +
    `${process.platform === 'linux' ? ` (Debian: sudo apt-get install chromium ${FONTS})` : ''}, ` +
    'or set CHROMIUM to the path of one.'
  if (required) throw new SetupError(advice)
  return { NO_BROWSER: advice }
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

/** Only on Linux Chinese fonts may be missing; if fontconfig cannot tell, nothing is required. */
function hasChineseFont() {
  if (process.platform !== 'linux') return true
  const { status, stdout } = spawnSync('fc-list', [':lang=zh', 'family'], { encoding: 'utf8' })
  return status === 0 && stdout.trim() !== ''
}

/** For root on Debian. Ubuntu's `chromium` package only refers to a snap. */
function findAptGet() {
  const program = '/usr/bin/apt-get'
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !isProgram(program)) return null
  try {
    return /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8')) ? program : null
  } catch {
    return null
  }
}

/** Returns null, or a sentence if apt-get fails. */
async function install(aptGet, packages) {
  const names = packages.join(' and ')
  say(`• Installing ${names} (apt-get)`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const steps = [['update'], ['install', '--yes', '--no-install-recommends', ...packages]]
  for (const args of steps) {
    const { code, output } = await runQuietly(aptGet, args, { label: `apt-get ${args[0]}`, env })
    if (code === 0) continue
    say(output.trim().split('\n').slice(-10).join('\n'))
    return `Installing ${names} failed (apt-get ${args[0]}).`
  }
  say(`✓ ${names} installed`)
  return null
}
