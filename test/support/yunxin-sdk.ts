/** A fake of NetEase's IM SDK for the adapter's tests: the local service's client behind the SDK's documented interface. */
import { NetcallError } from '../../miniprogram/netcall/errors'
import { LocalIm } from '../../miniprogram/netcall/local/im'
import { TIMING } from '../../miniprogram/netcall/local/timing'
import { Timer } from '../../miniprogram/netcall/timer'
import type { SignalMethods } from '../../miniprogram/netcall/protocol'
import type { Done, NetcallClass, Nim, NimClass, NimOptions } from '../../miniprogram/yunxin/sdk'
import { yunxinCode } from './yunxin-codes'

type Body<M extends keyof SignalMethods> = SignalMethods[M]['body']
type Answer<M extends keyof SignalMethods> = Promise<SignalMethods[M]['answer']>

/** `nim` of the contract: the local service's IM side, with an app's functions of the IM SDK. */
class ServiceNim extends LocalIm implements Nim {
  private told: Promise<void> = Promise.resolve()
  private readonly repetition = new Timer()

  constructor(host: string, options: NimOptions) {
    super({ service: `http://${host}`, account: options.account, token: options.token })
    this.on('disconnect', () => this.repetition.stop())
    this.on('connect', (link) => options.onconnect(link))
    this.on('willreconnect', ({ count }) => options.onwillreconnect({ retryCount: String(count), duration: 1 }))
    this.on('disconnect', ({ reason, message }) => options.ondisconnect({ code: reason, message }))
    this.on('message', ({ from, content, timetag }) =>
      options.oncustomsysmsg({ scene: 'p2p', from, content, time: String(timetag) }),
    )
    this.on('presence', (contact) => options.onpushevents({ msgEvents: [presence(contact)] }))
    this.subscribeEvent = ({ accounts, done }) =>
      this.answer(done, async () => {
        const online = (await this.contacts()).filter(({ account }) => accounts.includes(account))
        options.onpushevents({ msgEvents: online.filter((contact) => contact.online).map(presence) })
      })
    this.connect().catch((error: unknown) => {
      if (error instanceof NetcallError && error.reason === 'refused')
        return options.ondisconnect({ code: 302, message: messageOf(error) })
      // It retries forever, and reports nothing more about a connection that does not open.
      for (const retryCount of [1, 2]) options.onwillreconnect({ retryCount, duration: 1_600 })
    })
  }

  /** The plug-in rings again while this is the last channel set in `protocol`. */
  override async initNetcall(body: Body<'initNetcall'>): Answer<'initNetcall'> {
    const answer = await withCode('initNetcall', super.initNetcall(body))
    const { channelId, keepCallingAccounts } = answer
    this.protocol.setCurrentNetcall(channelId)
    this.ringAgain({ type: body.type, channelId, accounts: keepCallingAccounts })
    return answer
  }
  override async keepCalling(body: Body<'keepCalling'>): Answer<'keepCalling'> {
    const answer = await withCode('keepCalling', super.keepCalling(body))
    if (answer.accounts.length > 0) this.ringAgain(body)
    return answer
  }
  override calleeAck(body: Body<'calleeAck'>): Answer<'calleeAck'> {
    return withCode('calleeAck', super.calleeAck(body))
  }
  override createChannel(body: Body<'createChannel'>): Answer<'createChannel'> {
    return withCode('createChannel', super.createChannel(body))
  }
  override joinChannel(body: Body<'joinChannel'>): Answer<'joinChannel'> {
    return withCode('joinChannel', super.joinChannel(body))
  }
  private ringAgain(call: Body<'keepCalling'>): void {
    this.repetition.start(TIMING.keepCallingInterval, () => {
      if (this.protocol.currentNetcall === call.channelId) this.keepCalling(call).catch(() => {})
    })
  }

  subscribeEvent: Nim['subscribeEvent']
  getFriends: Nim['getFriends'] = ({ done }) =>
    this.answer(done, async () => (await this.contacts()).map(({ account }) => ({ account, valid: true })))
  sendCustomSysMsg: Nim['sendCustomSysMsg'] = ({ to, content, done }) =>
    this.answer(done, async () => ({ to, time: String((await this.sendCustomMessage({ to, content })).timetag) }))
  destroy: Nim['destroy'] = ({ done }) => void this.end(done)

  private async end(done: () => void): Promise<void> {
    this.disconnect()
    await this.told
    done()
  }
  private answer(done: Done, ask: () => Promise<unknown>): void {
    this.told = tell(done, ask)
  }
}

async function withCode<T>(method: string, answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (error) {
    const linkIsDown = error instanceof NetcallError && error.reason === 'not-connected'
    const code = linkIsDown ? 'Error_Connection_Socket_State_not_Match' : String(yunxinCode(method, error))
    throw Object.assign(new Error(messageOf(error)), { code })
  }
}

async function tell(done: Done, ask: () => Promise<unknown>): Promise<void> {
  try {
    done(null, await ask())
  } catch (error) {
    done({ message: messageOf(error), code: '500' }, null)
  }
}

/** The IM SDK over the service at that host. */
export function nimClass(host: string, plugged: (plugin: NetcallClass) => void = () => {}): NimClass {
  return { use: plugged, getInstance: (options) => new ServiceNim(host, options) }
}

function messageOf(error: unknown): string {
  return error instanceof Error || (typeof error === 'object' && error !== null && 'message' in error)
    ? String(error.message)
    : String(error)
}
function presence({ account, online }: { account: string; online: boolean }): unknown {
  return { type: '1', value: online ? '1' : '3', serverConfig: online ? '{"online":[16]}' : '{"online":[]}', account }
}
