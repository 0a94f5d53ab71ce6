/**
 * Every provider at one call service: the local one; NetEase's with a fake of its SDK; and with the real SDKs if they are installed, or
 * `NIM_SDK` and `NETCALL_SDK` are their paths.
 */
import { startCallService, tokenOf, type CallService } from '../../support/call-service'
import { useRunningClock } from '../../support/elapse'
import { SdkDouble } from '../../support/netcall-sdk'
import { realSdk, sdkFiles } from '../../support/real-sdk'
import { until } from '../../support/until'
import { installWxSocket, openSockets, restoreNetwork } from '../../support/wx-socket'
import { nimClass } from '../../support/yunxin-sdk'
import type { Im } from '../../../miniprogram/netcall/im'
import { LocalIm } from '../../../miniprogram/netcall/local/im'
import { LocalNetcall } from '../../../miniprogram/netcall/local/netcall'
import type { Netcall } from '../../../miniprogram/netcall/types'
import { createYunxin } from '../../../miniprogram/yunxin/provider'
import { observe, type Heard } from './phone'

type Provider = (host: string, account: string, token?: string) => { im: Im; netcall: Netcall }
const access = (account: string, token = tokenOf(account)) => ({ appKey: 'key', account, token })

const local: Provider = (host, account, token) => {
  const im = new LocalIm({ service: `http://${host}`, ...access(account, token) })
  return { im, netcall: new LocalNetcall({ im }) }
}
const double: Provider = (host, account, token) =>
  createYunxin(access(account, token), { NIM: nimClass(host), Netcall: new SdkDouble() })
const real: Provider = (host, account, token) => createYunxin(access(account, token), realSdk(host, account))

export type Phone = { im: Im; netcall: Netcall } & Heard

/** Phones at their own service, which a test begins and ends with. */
export class Phones {
  service!: CallService
  private readonly provider: Provider
  private readonly phones: Phone[] = []

  constructor(provider: Provider) {
    this.provider = provider
  }

  get isLocal(): boolean {
    return this.provider === local
  }

  async start(): Promise<void> {
    this.service = await startCallService()
  }
  async stop(): Promise<void> {
    restoreNetwork()
    for (const { im } of this.phones.splice(0)) im.disconnect()
    await until(() => openSockets() === 0, 'all sockets are closed')
    await this.service.close()
  }

  /** A phone that is not connected yet. */
  phone(account: string, token?: string): Phone {
    const made = this.provider(`127.0.0.1:${this.service.port}`, account, token)
    const one = { ...made, ...observe(made.netcall) }
    this.phones.push(one)
    return one
  }
  async signIn(account: string): Promise<Phone> {
    const one = this.phone(account)
    await one.im.connect()
    return one
  }
  async both(): Promise<[Phone, Phone]> {
    return [await this.signIn('alice'), await this.signIn('bob')]
  }

  /** Resolves with the call's number when it rings. */
  async ring(caller: Phone, callee: Phone, type: 1 | 2 = 2): Promise<number> {
    const before = callee.payloads('beCalling').length
    await caller.netcall.call({ type, callee: callee.im.account, pushConfig: { custom: '{"a":1}' } })
    await until(() => callee.payloads('beCalling').length > before, 'it rings')
    return callee.payloads('beCalling').at(-1)?.cid ?? 0
  }
  /** Resolves with the call's number when both are in the session. */
  async talk(caller: Phone, callee: Phone): Promise<number> {
    const [earlier, earlierThere] = [caller.payloads('syncDone').length, callee.payloads('syncDone').length]
    const cid = await this.ring(caller, callee)
    await callee.netcall.response({ caller: caller.im.account, cid, type: 2, accepted: true })
    await until(() => caller.payloads('callAccepted').some((event) => event.cid === cid), 'callAccepted')
    const selves = await Promise.all([
      caller.netcall.startRtc({ mode: 0, recordAudio: 1, recordType: 0 }),
      callee.netcall.startRtc({ mode: 0 }),
    ])
    expect(selves).toEqual([
      { uid: this.service.uidOf(caller.im.account), cid, account: caller.im.account },
      { uid: this.service.uidOf(callee.im.account), cid, account: callee.im.account },
    ])
    await until(() => caller.payloads('syncDone').length > earlier, 'the caller is in')
    await until(() => callee.payloads('syncDone').length > earlierThere, 'the callee is in')
    return cid
  }
}

/** The same tests for each provider, on a running clock. */
export function describeProviders(tests: (phones: Phones) => void): void {
  useRunningClock()
  installWxSocket({ withoutTls: true })
  const { nim, netcall } = sdkFiles()
  const isInstalled = nim !== null && netcall !== null
  if (!isInstalled)
    test.skip("NetEase's SDKs keep the contract: skipped, because they are not installed (npm run yunxin)", () => {})
  describe.each<[string, Provider]>([
    ['the local provider', local],
    ["NetEase's, behind a double of its SDK", double],
    ...(isInstalled ? [["NetEase's, with its own SDKs", real] satisfies [string, Provider]] : []),
  ])('%s', (_name, provider) => {
    const phones = new Phones(provider)
    beforeEach(() => phones.start())
    afterEach(() => phones.stop())
    tests(phones)
  })
}
