/**
 * NetEase's own SDKs against the local service: the IM SDK with the netcall SDK, a copy per phone, and a fake of the IM servers between
 * them and the service.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { installSdk, type NetcallClass, type Sdk } from '../../miniprogram/yunxin/sdk'
import { WebLink } from './weblink'
import { ImServers } from './weblink-service'
import type { SocketOptions } from './wx-socket'

const INSTALLED = join(__dirname, '../../miniprogram/yunxin/sdk')

/** Paths of the files: from an environment variable, or of `npm run yunxin`; null without. */
export function sdkFiles(): { nim: string | null; netcall: string | null } {
  return { nim: file('NIM_SDK', 'nim.js'), netcall: file('NETCALL_SDK', 'netcall.js') }
}
function file(variable: string, name: string): string | null {
  const installed = join(INSTALLED, name)
  return process.env[variable] ?? (existsSync(installed) ? installed : null)
}

/** A path of the IM servers, on any of the SDK's hosts. */
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
/** Without it only the IM side is tested. */
const NO_NETCALL: NetcallClass = { getInstance: () => null }

/** Parameters that WeChat passes to each module without a value, to hide the browser's globals; the SDK fills them. */
const HIDDEN = ['window', 'document', 'location', 'navigator', 'localStorage', 'XMLHttpRequest', 'WebSocket'] as const

/** Runs the module like WeChat. Not by `require`: the SDK is not an ES module like this package's, and each phone has its own copy. */
function load(path: string): unknown {
  const module: { exports: unknown } = { exports: {} }
  // oxlint-disable-next-line typescript/no-implied-eval -- a copy of its own, in the test's own realm
  const run = new Function('module', 'exports', ...Object.keys(GIVEN), ...HIDDEN, readFileSync(path, 'utf8'))
  run(module, module.exports, ...Object.values(GIVEN))
  return module.exports
}
const nothing = (): void => {}

/** The SDKs have unhandled rejections: in WeChat a line in the log, here they would fail the test. */
class UnheardPromise<T> extends Promise<T> {
  static override readonly [Symbol.species] = Promise
  constructor(run: ConstructorParameters<typeof Promise<T>>[0]) {
    super(run)
    this.catch(nothing)
  }
}

/** They also leave timers of up to 20 s. */
const timers = new Set<ReturnType<typeof setTimeout>>()
const kept =
  (name: 'setTimeout' | 'setInterval') =>
  (run: () => void, delay = 0): ReturnType<typeof setTimeout> => {
    // The current global: a test may control the clock.
    const timer = globalThis[name](run, delay)
    // Immediate results, such as a disconnect event, are awaited.
    if (delay > 0) timers.add(timer)
    return timer
  }
afterAll(() => {
  for (const timer of timers) clearTimeout(timer)
})

/** Replacements of globals within an SDK. */
const GIVEN = {
  console: { log: nothing, info: nothing, warn: nothing, error: nothing, debug: nothing },
  Promise: UnheardPromise,
  setTimeout: kept('setTimeout'),
  setInterval: kept('setInterval'),
}

// ── The SDKs' use of `wx`, besides what the test has installed ───────────────────────────────────────────────────────

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

/** Whether the phones reach the IM servers; open connections break. */
export function reachImServers(possible: boolean): void {
  reachable = possible
  if (!possible) servers.breakAll()
}

function installWx(): void {
  if (installed) return
  installed = true
  const { connectSocket: toGateway } = wx
  // The SDK also reads globals.
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

/** The address service, the first step of connecting, and the SDK's reports to NetEase, which are dropped. */
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
