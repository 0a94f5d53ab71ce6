/** Looks at SDK files before the mini-program gets them: do they run, what do they export, which version are they? */
import { readFileSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import { createContext, runInContext } from 'node:vm'
import { SetupError } from '../setup/say.mjs'
import { IM_SDK } from './im-sdk.mjs'

/** What the app is written for: the contract as it was observed at 7.7.0. */
const NETCALL_MAJOR = 7
/** WeChat's bound of a package, less what the IM SDK takes. */
const LARGEST = 1_300_000
const WHERE =
  "The netcall SDK for WeChat mini-programs is not on npm: NetEase gives it to its customers (the Yunxin console's downloads, or their support). docs/guide.md says more."

/** The file's source and version; null where it tells none. Throws a SetupError that says what is wrong with it. */
export function readNetcallSdk(path) {
  if (!path) throw new SetupError(`Say where the netcall file is: npm run yunxin -- <path to the file>\n${WHERE}`)
  const source = read(path)
  const exported = run(source, path, `\n${WHERE}`)
  if (found(exported, 'NIM', isNim)) {
    throw new SetupError(`${path} is the IM SDK, which this command takes from npm: name the netcall file.\n${WHERE}`)
  }
  const netcall = found(exported, 'Netcall', (value) => typeof value.getInstance === 'function')
  if (!netcall) {
    throw new SetupError(`${path} does not export Netcall.getInstance: it is not the netcall SDK.\n${WHERE}`)
  }
  const version = versionOf(netcall, source, path)
  if (version !== null && Number(version.split('.')[0]) !== NETCALL_MAJOR) {
    throw new SetupError(`${path} is netcall ${version}; this app is written for ${NETCALL_MAJOR}.x.\n${WHERE}`)
  }
  return { source, version }
}

/** Throws a SetupError where it is not what the app and the netcall SDK need. */
export function checkImSdk(source) {
  if (!found(run(source, IM_SDK.name), 'NIM', isNim))
    throw new SetupError(`${IM_SDK.name} ${IM_SDK.version} does not export NIM.use and NIM.getInstance.`)
  if (!source.includes('initNetcall')) {
    throw new SetupError(`${IM_SDK.name} ${IM_SDK.version} has no service for calls (initNetcall).`)
  }
}

function read(path) {
  let size
  try {
    size = statSync(path).size
  } catch {
    throw new SetupError(`${path} is not there.\n${WHERE}`)
  }
  if (size > LARGEST) throw new SetupError(`${path} is too large for a mini-program (${size} of ${LARGEST} bytes).`)
  try {
    return readFileSync(path, 'utf8')
  } catch {
    throw new SetupError(`${path} is not a file that can be read.`)
  }
}

const usable = (value) => (typeof value === 'object' && value !== null) || typeof value === 'function'

const isNim = (value) => typeof value.use === 'function' && typeof value.getInstance === 'function'

/** A module is the class itself, or holds it as its default or by its name; the app looks for it in the same places. */
function found(exported, name, isIt) {
  return [exported, exported?.default, exported?.[name]].find((value) => usable(value) && isIt(value))
}

function versionOf(netcall, source, path) {
  const told = [netcall.version, netcall.info?.version].find((value) => /^\d+\.\d+/.test(String(value)))
  const written = /version\W{0,4}v?(\d+\.\d+\.\d+)/i.exec(source.slice(0, 2_000))?.[1]
  const named = /v?(\d+\.\d+\.\d+)/.exec(basename(path))?.[1]
  return told ?? written ?? named ?? null
}

/** Whatever a module asks of WeChat while it loads: any member, any call. */
const ANYTHING = new Proxy(() => {}, {
  get: (_, name) => (name === 'then' ? undefined : name === Symbol.toPrimitive ? () => '' : ANYTHING),
  apply: () => ANYTHING,
})

const none = () => 0

/** Runs the file as a mini-program's module and gives what it exports. Where it does not run, the hint is told, too. */
function run(source, name, hint = '') {
  const timers = { setTimeout: none, setInterval: none, clearTimeout: none, clearInterval: none }
  const module = { exports: {} }
  const context = createContext({ wx: ANYTHING, console: ANYTHING, ...timers, module, exports: module.exports })
  try {
    runInContext(source, context, { filename: name, timeout: 10_000 })
  } catch (error) {
    throw new SetupError(`${name} does not run in a mini-program (${error?.message ?? error}).${hint}`)
  }
  return module.exports
}
