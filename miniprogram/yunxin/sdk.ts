/**
 * Types of NetEase's two SDKs as far as they are used. `npm run yunxin` copies their files to `sdk/`; they are not part of this project.
 */
import { NetcallError } from '../netcall/errors'

/** Callback of an IM SDK request: an error, or null and the result. */
export type Done = (error: unknown, answer: unknown) => void

export interface NimOptions {
  appKey: string
  account: string
  token: string
  /** Mini-programs have no IndexedDB. */
  db: false
  onconnect(info: unknown): void
  onwillreconnect(info: unknown): void
  ondisconnect(end: unknown): void
  oncustomsysmsg(message: unknown): void
  onpushevents(events: unknown): void
}
/** Properties that the call SDK adds to the IM object and uses. Source: the netcall contract, "the IM side's call service". */
export interface CallNim {
  readonly account: string
  readonly options: object
  readonly protocol: { setCurrentNetcall(channelId?: number): void }
  initNetcall(call: object): Promise<unknown>
  keepCalling(call: object): Promise<unknown>
  calleeAck(answer: object): Promise<unknown>
  hangup(call: { channelId: number }): Promise<unknown>
  netcallControl(control: object): Promise<unknown>
  createChannel(channel: object): Promise<unknown>
  joinChannel(channel: object): Promise<unknown>
  on(notification: CallNotification, listener: (body: unknown) => void): void
  removeListener(notification: CallNotification, listener: (body: unknown) => void): void
}
export type CallNotification =
  'beCalled' | 'notifyCalleeAck' | 'notifyCalleeAckSync' | 'notifyHangup' | 'netcallControl' | 'notifyJoin'

export interface Nim extends CallNim {
  destroy(options: { done: () => void }): void
  getFriends(options: { done: Done }): void
  subscribeEvent(options: { type: number; accounts: string[]; subscribeTime: number; sync: boolean; done: Done }): void
  sendCustomSysMsg(options: {
    scene: 'p2p'
    to: string
    content: string
    sendToOnlineUsersOnly: boolean
    isPushable: boolean
    done: Done
  }): void
}
export interface NimClass {
  use(plugin: NetcallClass): void
  getInstance(options: NimOptions): Nim
}

/** Events of a media session; earlier ones come from the IM side. */
export const SDK_EVENTS = [
  'hangup',
  'syncDone',
  'clientJoin',
  'clientUpdate',
  'clientLeave',
  'liveRoomClose',
  'kicked',
  'willreconnect',
  'sendCommandOverTime',
  'disconnect',
  'error',
] as const
export type SdkEvent = (typeof SDK_EVENTS)[number]

/** Arguments are typed; results are validated before use. The emitter keeps one listener per event. */
export interface NetcallSdk {
  call(params: object): unknown
  response(params: object): unknown
  startRtc(params: object): unknown
  hangup(): unknown
  createChannel(params: object): unknown
  joinChannel(params: object): unknown
  leaveChannel(): unknown
  switchMode(mode: number): unknown
  setEncryptType(type: number): unknown
  setEncryptKey(key: string): unknown
  on(event: SdkEvent, listener: (payload: unknown) => void): void
  off(event: SdkEvent): void
}
export interface NetcallClass {
  getInstance(options: { nim: CallNim }): unknown
  destroy?(): void
}
export interface Sdk {
  NIM: NimClass
  Netcall: NetcallClass
}

const NETCALL_METHODS = [
  'call',
  'response',
  'startRtc',
  'hangup',
  'createChannel',
  'joinChannel',
  'leaveChannel',
  'switchMode',
  'setEncryptType',
  'setEncryptKey',
  'on',
  'off',
] as const satisfies readonly (keyof NetcallSdk)[]

let installed: Sdk | null = null

/** Both SDKs, connected. Throws a `NetcallError` with reason `not-installed` that names what is missing. */
export function loadSdk(): Sdk {
  installed ??= installSdk(required('IM SDK', nimModule), required('netcall SDK', netcallModule))
  return installed
}

/** Connects the SDKs exported by these modules. */
export function installSdk(nim: unknown, netcall: unknown): Sdk {
  const NIM = exported(nim, 'NIM', isNimClass)
  if (!NIM) throw missing('IM SDK', 'does not export NIM.use and NIM.getInstance')
  const Netcall = exported(netcall, 'Netcall', isNetcallClass)
  if (!Netcall) throw missing('netcall SDK', 'does not export Netcall.getInstance')
  NIM.use(Netcall)
  return { NIM, Netcall }
}

/** The SDK's instance for a connection. */
export function netcallInstance({ Netcall }: Sdk, nim: CallNim): NetcallSdk {
  const instance = Netcall.getInstance({ nim })
  if (isNetcallSdk(instance)) return instance
  const lacking = NETCALL_METHODS.filter((name) => !hasMethod(instance, name))
  throw missing('netcall SDK', `has no ${lacking.join(', ')}`)
}

// Literal paths in separate functions: WeChat's packer and runtime find modules only this way.
function nimModule(): unknown {
  return require('./sdk/nim')
}
function netcallModule(): unknown {
  return require('./sdk/netcall')
}

function required(name: string, load: () => unknown): unknown {
  try {
    return load()
  } catch (error) {
    throw missing(name, error instanceof Error ? error.message : String(error))
  }
}
function missing(name: string, why: string): NetcallError {
  return new NetcallError('not-installed', `${name}: ${why}`)
}

/** The class: the module itself, its default, or its named export. */
function exported<T>(module: unknown, name: string, isIt: (value: unknown) => value is T): T | undefined {
  const candidates = [module, property(module, 'default'), property(module, name)]
  return candidates.find(isIt)
}
function property(value: unknown, name: string): unknown {
  const holds = (typeof value === 'object' && value !== null) || typeof value === 'function'
  return holds ? Reflect.get(value, name) : undefined
}
function hasMethod(value: unknown, name: string): boolean {
  return typeof property(value, name) === 'function'
}
function isNimClass(value: unknown): value is NimClass {
  return hasMethod(value, 'use') && hasMethod(value, 'getInstance')
}
function isNetcallClass(value: unknown): value is NetcallClass {
  return hasMethod(value, 'getInstance')
}
function isNetcallSdk(value: unknown): value is NetcallSdk {
  return NETCALL_METHODS.every((name) => hasMethod(value, name))
}
