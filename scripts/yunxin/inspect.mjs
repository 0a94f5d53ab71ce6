/** Checks SDK files before they are copied: whether they run, what they export, and their version. */
import { readFileSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import { createContext, runInContext } from 'node:vm'
import { SetupError } from '../setup/say.mjs'
import { IM_SDK } from './im-sdk.mjs'

/** The version of the observed contract. */
const NETCALL_MAJOR = 7
/** WeChat's package limit minus the IM SDK's size. */
const LARGEST = 1_300_000
const WHERE =
  "The netcall SDK for WeChat mini-programs is not on npm: NetEase gives it to its customers (the Yunxin console's downloads, or their support). docs/guide.md says more."

/** The file's source and version; null if it has none. Throws a SetupError with the problem. */
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

/** Throws a SetupError if the app or the netcall SDK cannot use it. */
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

/** The class: the module itself, its default, or its named export; the app looks in the same places. */
function found(exported, name, isIt) {
  return [exported, exported?.default, exported?.[name]].find((value) => usable(value) && isIt(value))
}

function versionOf(netcall, source, path) {
  const told = [netcall.version, netcall.info?.version].find((value) => /^\d+\.\d+/.test(String(value)))
  const written = /version\W{0,4}v?(\d+\.\d+\.\d+)/i.exec(source.slice(0, 2_000))?.[1]
  const named = /v?(\d+\.\d+\.\d+)/.exec(basename(path))?.[1]
  return told ?? written ?? named ?? null
}

/** Stub for anything a module uses of WeChat while it loads: any member, any call. */
const ANYTHING = new Proxy(() => {}, {
  get: (_, name) => (name === 'then' ? undefined : name === Symbol.toPrimitive ? () => '' : ANYTHING),
  apply: () => ANYTHING,
})

const none = () => 0

/** Runs the file as a mini-program's module and returns its exports. Errors include the hint. */
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
