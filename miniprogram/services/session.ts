import { DEFAULT_PROVIDER, DEFAULT_SERVICE } from '../config'
import type { ProviderConfig, ProviderName } from '../netcall/config'
import { checkYunxin, createProvider } from '../netcall/create'
import { NetcallError } from '../netcall/errors'
import type { Im, ImEventName, ImEvents } from '../netcall/im'
import type { Contact } from '../netcall/protocol'
import type { Netcall } from '../netcall/types'
import { HttpError, requestJson } from './http'
import { member } from '../json'
import { Records } from './records'

export interface SignInProblem {
  reason:
    | 'invalid-account'
    | 'invalid-service'
    | 'invalid-app-key'
    | 'unreachable'
    | 'refused'
    | 'kicked'
    /** NetEase's SDK is not in the app. */
    | 'not-installed'
  /** What was said about it, for people who look closer. */
  detail: string
}
export type SessionState =
  | { phase: 'signed-out'; problem: SignInProblem | null }
  | { phase: 'signing-in'; account: string; service: string }
  /** `online`: the signalling link is up now. */
  | { phase: 'signed-in'; account: string; service: string; online: boolean }

/** What the app's own server has given for the account, for this project's service. */
export interface LocalAccess {
  token: string
}
/** What NetEase's service wants beside the account. */
export interface YunxinAccess {
  appKey: string
  /** The account's own; empty where the app's server, the service address, is to be asked for it. */
  token: string
}

interface Remembered extends YunxinAccess {
  provider: ProviderName
  account: string
  service: string
  /** Used before on this phone, newest first. */
  accounts: string[]
}

interface Controller {
  attach(netcall: Netcall, im: Im): void
  detach(): void
}

const KEY = 'session'
const ACCOUNTS_KEPT = 6
/** The service's rule for accounts. */
const ACCOUNT = /^[A-Za-z0-9_-]{1,32}$/
const SERVICE = /^https?:\/\/[^\s/?#]+$/
/** NetEase's rules. */
const YUNXIN_ACCOUNT = /^[\w.@-]{1,32}$/
const APP_KEY = /^\w{1,64}$/

/** A service's address as it is used, from one that was typed or scanned; null when it is none. */
export function serviceAddress(text: string): string | null {
  const service = tidyAddress(text)
  return SERVICE.test(service) ? service : null
}
function tidyAddress(text: string): string {
  return text.trim().replace(/\/+$/, '')
}

/** Who is signed in at which service: the IM link, the contacts' presence, and the provider of calls and rooms. */
export class Session {
  private readonly controllers: readonly Controller[]
  private readonly listeners = new Set<(state: SessionState) => void>()
  private readonly contactListeners = new Set<(contacts: readonly Contact[]) => void>()
  private current: SessionState = { phase: 'signed-out', problem: null }
  private people: readonly Contact[] = []
  private link: { im: Im; release: () => void } | null = null
  /** Counts sign-ins, so that an older one that answers late changes nothing. */
  private attempt = 0
  readonly records: Records

  /** @param controllers what comes and goes through the account's instance */
  constructor(...controllers: Controller[]) {
    this.controllers = controllers
    this.records = new Records(() =>
      this.link && this.current.phase === 'signed-in' && this.current.service !== ''
        ? { service: this.current.service, account: this.current.account, token: this.link.im.options.token }
        : null,
    )
  }

  get state(): SessionState {
    return this.current
  }
  get contacts(): readonly Contact[] {
    return this.people
  }

  /** Calls the listener at each change, not now; the answer stops it. */
  subscribe(listener: (state: SessionState) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }
  onContacts(listener: (contacts: readonly Contact[]) => void): () => void {
    this.contactListeners.add(listener)
    return () => this.contactListeners.delete(listener)
  }

  /** What was used last on this phone. */
  remembered(): Remembered {
    const stored = wx.getStorageSync<unknown>(KEY)
    const account = member(stored, 'account')
    const service = member(stored, 'service')
    const accounts = member(stored, 'accounts')
    const provider = member(stored, 'provider')
    const appKey = member(stored, 'appKey')
    const token = member(stored, 'token')
    return {
      provider: provider === 'local' || provider === 'yunxin' ? provider : DEFAULT_PROVIDER,
      appKey: typeof appKey === 'string' ? appKey : '',
      token: typeof token === 'string' ? token : '',
      account: typeof account === 'string' ? account : '',
      service: typeof service === 'string' ? service : DEFAULT_SERVICE,
      accounts: Array.isArray(accounts) ? accounts.filter((name): name is string => typeof name === 'string') : [],
    }
  }

  /** Why nobody can sign in with that provider; null where one can. */
  async problemWith(provider: ProviderName): Promise<SignInProblem | null> {
    if (provider === 'local') return null
    return checkYunxin().then(() => null, problemOf)
  }

  /**
   * Signs in, at NetEase's service where an AppKey is given, and opens the link. Without a token the service address is
   * asked for one. Never rejects: the state tells how it went.
   */
  async signIn(
    accountTyped: string,
    serviceTyped: string,
    given: YunxinAccess | LocalAccess | null = null,
  ): Promise<void> {
    this.close()
    const attempt = ++this.attempt
    const yunxin = given && 'appKey' in given ? given : null
    // NetEase's service keeps accounts in lower case.
    const account = yunxin ? accountTyped.trim().toLowerCase() : accountTyped.trim()
    const service = tidyAddress(serviceTyped)
    const access = yunxin && { appKey: yunxin.appKey.trim(), token: yunxin.token.trim() }
    const wrong = problemOfForm(account, service, access)
    if (wrong) return this.signedOut(wrong)
    this.change({ phase: 'signing-in', account, service })
    try {
      if (access) await checkYunxin()
      const token = (access ?? given)?.token || (await fetchToken(service, account))
      if (attempt !== this.attempt) return
      const config: ProviderConfig = access
        ? { provider: 'yunxin', appKey: access.appKey, account, token }
        : { provider: 'local', service, account, token }
      // The instance hears of the link's end before the session does: the call or room under way ends for the same reason.
      const { im, netcall } = await createProvider(config)
      if (attempt !== this.attempt) return
      this.link = { im, release: this.listen(im) }
      await im.connect()
      if (attempt !== this.attempt) return
      for (const controller of this.controllers) controller.attach(netcall, im)
      this.remember(account, service, access)
      this.change({ phase: 'signed-in', account, service, online: true })
      await this.refreshContacts()
    } catch (error) {
      if (attempt === this.attempt) this.signedOut(problemOf(error))
    }
  }

  /** Signs out by the user's wish: the next start asks who it is. */
  signOut(): void {
    this.attempt++
    wx.setStorageSync(KEY, { ...this.remembered(), account: '', token: '' })
    this.signedOut(null)
  }

  /** Asks the service for the contacts again; they are otherwise kept fresh by presence. */
  async refreshContacts(): Promise<void> {
    if (!this.link) return
    const { im } = this.link
    try {
      const contacts = await im.contacts()
      if (this.link?.im === im) this.changeContacts(contacts)
    } catch {
      // The list stays as it is; it comes again with the next connection.
    }
  }

  private listen(im: Im): () => void {
    const releases: Array<() => void> = []
    const on = <E extends ImEventName>(event: E, listener: (payload: ImEvents[E]) => void): void => {
      im.on(event, listener)
      releases.push(() => im.removeListener(event, listener))
    }
    on('connect', ({ reconnected }) => {
      this.setOnline(true)
      if (reconnected) void this.refreshContacts()
    })
    on('willreconnect', () => this.setOnline(false))
    on('presence', (contact) => {
      const others = this.people.filter(({ account }) => account !== contact.account)
      this.changeContacts([...others, contact])
    })
    on('disconnect', ({ reason, message }) => {
      if (reason !== 'signed-out')
        this.signedOut({ reason: reason === 'kicked' ? 'kicked' : 'refused', detail: message })
    })
    return () => {
      for (const release of releases) release()
    }
  }

  private setOnline(online: boolean): void {
    if (this.current.phase === 'signed-in' && this.current.online !== online) this.change({ ...this.current, online })
  }

  private changeContacts(contacts: readonly Contact[]): void {
    this.people = [...contacts].sort((a, b) => Number(b.online) - Number(a.online) || (a.account < b.account ? -1 : 1))
    for (const listener of this.contactListeners) listener(this.people)
  }

  private remember(account: string, service: string, access: YunxinAccess | null): void {
    const { appKey, token, accounts: before } = this.remembered()
    const accounts = [account, ...before.filter((other) => other !== account)].slice(0, ACCOUNTS_KEPT)
    const provider = access ? 'yunxin' : 'local'
    const remembered: Remembered = { provider, account, service, accounts, ...(access ?? { appKey, token }) }
    wx.setStorageSync(KEY, remembered)
  }

  private signedOut(problem: SignInProblem | null): void {
    this.close()
    this.change({ phase: 'signed-out', problem })
  }

  private close(): void {
    for (const controller of this.controllers) controller.detach()
    if (!this.link) return
    const { im, release } = this.link
    this.link = null
    release()
    im.disconnect()
    this.changeContacts([])
  }

  private change(state: SessionState): void {
    this.current = state
    for (const listener of this.listeners) listener(state)
  }
}

function problemOfForm(account: string, service: string, access: YunxinAccess | null): SignInProblem | null {
  if (!(access ? YUNXIN_ACCOUNT : ACCOUNT).test(account)) return { reason: 'invalid-account', detail: account }
  if (access && !APP_KEY.test(access.appKey)) return { reason: 'invalid-app-key', detail: access.appKey }
  // With a token of one's own no server is needed.
  const needless = access && access.token !== '' && service === ''
  return needless || SERVICE.test(service) ? null : { reason: 'invalid-service', detail: service }
}

/** A token from the app's server; locally, from the service's development stand-in for the app's own login. */
async function fetchToken(service: string, account: string): Promise<string> {
  const answer = await requestJson({ method: 'POST', url: `${service}/api/tokens`, body: { account } })
  const token = member(answer, 'token')
  if (typeof token !== 'string') throw new HttpError('refused', 200, 'the answer of /api/tokens has no token')
  return token
}

function problemOf(error: unknown): SignInProblem {
  const detail = error instanceof Error ? error.message : String(error)
  if (error instanceof HttpError) return { reason: error.reason, detail }
  const reason = error instanceof NetcallError ? error.reason : null
  return { reason: reason === 'refused' || reason === 'not-installed' ? reason : 'unreachable', detail }
}
