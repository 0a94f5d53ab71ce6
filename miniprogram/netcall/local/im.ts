import type { LocalImConfig } from '../config'
import { NetcallError } from '../errors'
import type { CallIm, ImEventName, ImEvents } from '../im'
import type { Contact, SignalMethods } from '../protocol'
import type { Account, Cid } from '../types'
import { wrongState } from '../failures'
import { isText } from '../guards'
import { Timer } from '../timer'
import { SignalClient } from './signal-client'

type Answer<M extends keyof SignalMethods> = Promise<SignalMethods[M]['answer']>
type Body<M extends keyof SignalMethods> = SignalMethods[M]['body']

const SERVICE_ADDRESS = /^(https?):\/\/([^\s/?#]+)\/*$/

/** Time between `tokenExpiring` and the end of a token, ms; half of its life if that is shorter. */
const EXPIRY_NOTICE = 60_000
const LONGEST_TIMER = 2 ** 31 - 1
/** Maximum number of contact pages to load, of 100 each. */
const CONTACT_PAGES = 5

/** The IM object over the call service's `ws /signal`. */
export class LocalIm implements CallIm {
  readonly account: Account
  options: { readonly appKey: string; readonly token: string }
  readonly protocol: { setCurrentNetcall(channelId?: Cid): void; readonly currentNetcall: Cid | undefined }
  private readonly client: SignalClient
  private readonly addressOf: (token: string) => string
  private readonly expiry = new Timer()
  private connection: 'closed' | 'opening' | 'open' = 'closed'

  /** Throws a `NetcallError` that names the field if the address, account or token is malformed. */
  constructor(config: LocalImConfig) {
    const address = SERVICE_ADDRESS.exec(config.service)
    if (!address) throw invalid('service', 'is not an address such as http://192.168.1.5:8360')
    if (!isText(config.account)) throw invalid('account', 'is missing')
    if (!isText(config.token)) throw invalid('token', 'is missing')
    const [, scheme, host] = address
    const signal = `${scheme === 'https' ? 'wss' : 'ws'}://${host}/signal?account=${encodeURIComponent(config.account)}`
    this.addressOf = (token) => `${signal}&token=${encodeURIComponent(token)}`
    this.account = config.account
    this.options = { appKey: 'local', token: config.token }
    this.protocol = new CurrentNetcall()
    this.client = new SignalClient(this.addressOf(config.token))
    this.client.events.on('disconnect', () => {
      this.connection = 'closed'
      this.expiry.stop()
    })
  }

  get connected(): boolean {
    return this.client.isUp
  }

  async connect(): Promise<void> {
    if (this.connection !== 'closed') throw wrongState('connect: already connected')
    this.connection = 'opening'
    try {
      await this.client.open()
      this.connection = 'open'
      this.awaitExpiry()
    } catch (error) {
      this.connection = 'closed'
      throw error
    }
  }

  disconnect(): void {
    if (this.connection === 'closed') return
    this.connection = 'closed'
    this.expiry.stop()
    this.client.close()
    this.client.events.emit('disconnect', { reason: 'signed-out', message: '' })
  }

  renew(token: string): void {
    if (!isText(token)) throw invalid('token', 'is missing')
    this.options = { ...this.options, token }
    this.client.renew(this.addressOf(token))
    if (this.connection === 'open') this.awaitExpiry()
  }

  private awaitExpiry(): void {
    const left = expiryOf(this.options.token) - Date.now()
    if (left <= 0) return
    const wait = left - Math.min(EXPIRY_NOTICE, left / 2)
    this.expiry.start(Math.min(wait, LONGEST_TIMER), () => {
      if (wait > LONGEST_TIMER) this.awaitExpiry()
      else this.client.events.emit('tokenExpiring', {})
    })
  }

  initNetcall(body: Body<'initNetcall'>): Answer<'initNetcall'> {
    return this.client.request('initNetcall', body)
  }
  keepCalling(body: Body<'keepCalling'>): Answer<'keepCalling'> {
    return this.client.request('keepCalling', body)
  }
  calleeAck(body: Body<'calleeAck'>): Answer<'calleeAck'> {
    return this.client.request('calleeAck', body)
  }
  hangup(body: Body<'hangup'>): Answer<'hangup'> {
    return this.client.request('hangup', body)
  }
  netcallControl(body: Body<'netcallControl'>): Answer<'netcallControl'> {
    return this.client.request('netcallControl', body)
  }
  createChannel(body: Body<'createChannel'>): Answer<'createChannel'> {
    return this.client.request('createChannel', body)
  }
  joinChannel(body: Body<'joinChannel'>): Answer<'joinChannel'> {
    return this.client.request('joinChannel', body)
  }
  queryAccountUidMap(body: Body<'queryAccountUidMap'>): Answer<'queryAccountUidMap'> {
    return this.client.request('queryAccountUidMap', body)
  }

  async contacts(): Promise<Contact[]> {
    const contacts: Contact[] = []
    for (let page = 0; page < CONTACT_PAGES; page++) {
      const last = contacts.at(-1)
      const answer = await this.client.request('listContacts', last ? { after: last.account } : {})
      contacts.push(...answer.contacts)
      if (!answer.more) break
    }
    return contacts
  }
  sendCustomMessage(message: { to: Account; content: string }): Promise<{ timetag: number }> {
    return this.client.request('sendMessage', message)
  }

  on<E extends ImEventName>(event: E, listener: (payload: ImEvents[E]) => void): void {
    this.client.events.on(event, listener)
  }
  removeListener<E extends ImEventName>(event: E, listener: (payload: ImEvents[E]) => void): void {
    this.client.events.off(event, listener)
  }
}

/** When a token of this service expires, ms by its format (docs/service.md); 0 if unknown. */
function expiryOf(token: string): number {
  return parseInt(token.split('.')[1] ?? '', 36) || 0
}

/** The current channel of the IM side. */
class CurrentNetcall {
  currentNetcall: Cid | undefined

  setCurrentNetcall(channelId?: Cid): void {
    this.currentNetcall = channelId
  }
}

function invalid(field: string, problem: string): NetcallError {
  return new NetcallError('invalid-argument', `${field} ${problem}`, { field })
}
