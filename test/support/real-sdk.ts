/**
 * NetEase's own SDKs against the local service: their IM SDK with the netcall SDK plugged in, each phone with a copy of its
 * own, and a double of the IM servers between them and the service.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { installSdk, type NetcallClass, type Sdk } from '../../miniprogram/yunxin/sdk'
import { WebLink } from './weblink'
import { ImServers } from './weblink-service'
import type { SocketOptions } from './wx-socket'

const INSTALLED = join(__dirname, '../../miniprogram/yunxin/sdk')

/** Where the files are: named by an environment variable, or where `npm run yunxin` puts them; null without. */
export function sdkFiles(): { nim: string | null; netcall: string | null } {
  return { nim: file('NIM_SDK', 'nim.js'), netcall: file('NETCALL_SDK', 'netcall.js') }
}
function file(variable: string, name: string): string | null {
  const installed = join(INSTALLED, name)
  return process.env[variable] ?? (existsSync(installed) ? installed : null)
}

/** A path of the IM servers, whichever of their hosts the SDK tries. */
const LINK_PATH = /^\/socket\.io\//
const servers = new ImServers()

/** The SDKs of a new phone, whose account's service is at that host. */
export function realSdk(host: string, account: string): Sdk {
  const { nim, netcall } = sdkFiles()
  if (!nim) throw new Error('the IM SDK is not there')
  servers.homes.set(account, host)
  installWx()
  return installSdk(load(nim), netcall ? load(netcall) : NO_NETCALL)
}
/** The IM side alone is tried without it. */
const NO_NETCALL: NetcallClass = { getInstance: () => null }

/** What WeChat gives each module as parameters without a value, so that nothing of a browser is there; the SDK fills them. */
const HIDDEN = ['window', 'document', 'location', 'navigator', 'localStorage', 'XMLHttpRequest', 'WebSocket'] as const

/** The module as WeChat runs one. Not by `require`: the SDK is no ES module as this package's are, and each phone has its own. */
function load(path: string): unknown {
  const module: { exports: unknown } = { exports: {} }
  // oxlint-disable-next-line typescript/no-implied-eval -- a copy of its own, in the test's own realm
  const run = new Function('module', 'exports', ...Object.keys(GIVEN), ...HIDDEN, readFileSync(path, 'utf8'))
  run(module, module.exports, ...Object.values(GIVEN))
  return module.exports
}
const nothing = (): void => {}

/** The SDKs leave some of their rejections to nobody: in WeChat a line in the log, here it would fail the test. */
class UnheardPromise<T> extends Promise<T> {
  static override readonly [Symbol.species] = Promise
  constructor(run: ConstructorParameters<typeof Promise<T>>[0]) {
    super(run)
    this.catch(nothing)
  }
}

/** They leave timers behind, too, of up to 20 s. */
const timers = new Set<ReturnType<typeof setTimeout>>()
const kept =
  (name: 'setTimeout' | 'setInterval') =>
  (run: () => void, delay = 0): ReturnType<typeof setTimeout> => {
    // The global one of the moment: a test may control the clock.
    const timer = globalThis[name](run, delay)
    // What comes at once, such as the word of a link's end, is awaited.
    if (delay > 0) timers.add(timer)
    return timer
  }
afterAll(() => {
  for (const timer of timers) clearTimeout(timer)
})

/** What stands for a global of the same name within an SDK. */
const GIVEN = {
  console: { log: nothing, info: nothing, warn: nothing, error: nothing, debug: nothing },
  Promise: UnheardPromise,
  setTimeout: kept('setTimeout'),
  setInterval: kept('setInterval'),
}

// ── What the SDKs use of `wx`, beside what the test has put there ────────────────────────────────────────────────────

interface RequestOptions {
  url: string
  success?: (answer: ReturnType<typeof ok>) => void
  fail?: (error: { errMsg: string }) => void
  complete?: () => void
}

const stored = new Map<string, unknown>()
let reachable = true
let sessions = 0
let installed = false

/** Whether the phones reach the IM servers; links that are up break. */
export function reachImServers(possible: boolean): void {
  reachable = possible
  if (!possible) servers.breakAll()
}

function installWx(): void {
  if (installed) return
  installed = true
  const { connectSocket: toGateway } = wx
  // The SDK looks at what is global, too.
  for (const name of HIDDEN) Reflect.deleteProperty(globalThis, name)
  Object.assign(wx, {
    request: (options: RequestOptions) => void setTimeout(() => answer(options), 0),
    connectSocket: (options: SocketOptions) => {
      if (!LINK_PATH.test(new URL(options.url).pathname)) return toGateway(options)
      queueMicrotask(() => options.success?.())
      return new WebLink(servers).phoneEnd
    },
    getStorageSync: (key: string) => stored.get(key) ?? '',
    setStorageSync: (key: string, value: unknown) => void stored.set(key, value),
  })
}

/** The address service, the first step to a link, and what the SDK reports to NetEase, which is for nobody. */
function answer({ url, success, fail, complete }: RequestOptions): void {
  const { pathname } = new URL(url)
  const addresses = pathname.endsWith('/wxwebconf.jsp')
  const handshake = LINK_PATH.test(pathname)
  if (!reachable && (addresses || handshake)) fail?.({ errMsg: 'request:fail' })
  else if (addresses) success?.(ok({ common: { link: ['link.test:443'], 'link.default': [] } }))
  else if (handshake) success?.(ok(`session-${++sessions}:90:90:websocket`))
  else success?.(ok({ code: 404, data: {} }))
  complete?.()
}
function ok(data: unknown): { statusCode: number; data: unknown; header: object } {
  return { statusCode: 200, data, header: {} }
}
