import { DEFAULT_PROVIDER, DEFAULT_SERVICE } from '../config'
import type { ProviderConfig, ProviderName } from '../netcall/config'
import { checkYunxin, createProvider } from '../netcall/create'
import { Listeners } from '../netcall/emitter'
import { NetcallError } from '../netcall/errors'
import type { Im, ImEventName, ImEvents } from '../netcall/im'
import type { Contact } from '../netcall/protocol'
import type { Account, Netcall } from '../netcall/types'
import { HttpError, requestJson } from './http'
import { member } from '../json'
import { Records } from './records'
import { load, save } from './storage'

export interface SignInProblem {
  reason:
    | 'invalid-account'
    | 'invalid-service'
    | 'invalid-app-key'
    | 'unreachable'
    | 'refused'
    | 'kicked'
    /** NetEase's SDK is missing. */
    | 'not-installed'
  /** Details for developers. */
  detail: string
}
export type SessionState =
  | { phase: 'signed-out'; problem: SignInProblem | null }
  | { phase: 'signing-in'; account: string; service: string }
  /** `online`: the signalling connection is up. */
  | { phase: 'signed-in'; account: string; service: string; online: boolean }

/** For this project's service: the token from the app's own server. */
interface LocalAccess {
  token: string
}
/** For NetEase's service. */
interface YunxinAccess {
  appKey: string
  /** The account's token; empty to request it from the app's server at the service address. */
  token: string
}

interface Remembered extends YunxinAccess {
  provider: ProviderName
  account: string
  service: string
  /** Accounts used on this phone, newest first. */
  accounts: string[]
}

interface Controller {
  attach(netcall: Netcall, im: Im): void
  detach(): void
}

const KEY = 'session'
const ACCOUNTS_KEPT = 6
/** The service's rule for account names. */
const ACCOUNT = /^[A-Za-z0-9_-]{1,32}$/
const SERVICE = /^https?:\/\/[^\s/?#]+$/
/** NetEase's rules. */
const YUNXIN_ACCOUNT = /^[\w.@-]{1,32}$/
const APP_KEY = /^\w{1,64}$/

/** Normalizes a typed or scanned service URL; null if invalid. */
export function serviceAddress(text: string): string | null {
  const service = tidyAddress(text)
  return SERVICE.test(service) ? service : null
}
function tidyAddress(text: string): string {
  return text.trim().replace(/\/+$/, '')
}

/** The signed-in account and its service: IM side, contacts' presence, and the provider of calls and rooms. */
export class Session {
  private readonly controller: Controller
  private readonly listeners = new Listeners<[state: SessionState]>()
  private readonly contactListeners = new Listeners<[contacts: readonly Contact[]]>()
  private current: SessionState = { phase: 'signed-out', problem: null }
  private people: readonly Contact[] = []
  private readonly expiringListeners = new Listeners<[account: Account]>()
  /** `appKey`: null at this project's service. `asks`: the token was requested at the service address. */
  private connection: { im: Im; appKey: string | null; asks: boolean; release: () => void } | null = null
  /** Epoch of sign-ins: late results of an older one are ignored. */
  private attempt = 0
  readonly records: Records

  /** @param controller attached to the account's instance */
  constructor(controller: Controller) {
    this.controller = controller
    this.records = new Records(() =>
      this.connection && this.current.phase === 'signed-in' && this.current.service !== ''
        ? { service: this.current.service, account: this.current.account, token: this.connection.im.options.token }
        : null,
    )
  }

  get state(): SessionState {
    return this.current
  }
  get contacts(): readonly Contact[] {
    return this.people
  }

  /** Subscribes to changes. Returns the unsubscribe function. */
  subscribe(listener: (state: SessionState) => void): () => void {
    return this.listeners.add(listener)
  }
  onContacts(listener: (contacts: readonly Contact[]) => void): () => void {
    return this.contactListeners.add(listener)
  }

  /**
   * Subscribes to the end of the token: within a minute, or it has just been refused; answer with `renew`. Without a listener a token that
   * `signIn` requested is requested again. Returns the unsubscribe function.
   */
  onTokenExpiring(listener: (account: Account) => void): () => void {
    return this.expiringListeners.add(listener)
  }
  /** A new token for the signed-in account. Calls and connections go on. */
  renew(token: string): void {
    this.connection?.im.renew(token)
    if (this.connection?.appKey) save(KEY, { ...this.remembered(), token })
  }

  /** The last sign-in on this phone. */
  remembered(): Remembered {
    const stored = load(
      KEY,
      (old) => typeof member(old, 'service') === 'string' && Array.isArray(member(old, 'accounts')),
    )
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

  /** Why nobody can sign in with that provider; null if possible. */
  async problemWith(provider: ProviderName): Promise<SignInProblem | null> {
    if (provider === 'local') return null
    return checkYunxin().then(() => null, problemOf)
  }

  /**
   * Signs in, at NetEase's service if an AppKey is given, and connects. Without a token one is requested from the service URL. Never
   * rejects: the state has the result. For the account that is signed in already it only renews the token.
   */
  async signIn(
    accountTyped: string,
    serviceTyped: string,
    given: YunxinAccess | LocalAccess | null = null,
  ): Promise<void> {
    const yunxin = given && 'appKey' in given ? given : null
    // NetEase's service stores accounts in lower case.
    const account = yunxin ? accountTyped.trim().toLowerCase() : accountTyped.trim()
    const service = tidyAddress(serviceTyped)
    const access = yunxin && { appKey: yunxin.appKey.trim(), token: yunxin.token.trim() }
    if (this.isSignedIn(account, service, access)) return await this.renewToken(access ?? given)
    this.close()
    const attempt = ++this.attempt
    const wrong = problemOfForm(account, service, access)
    if (wrong) return this.signedOut(wrong)
    this.change({ phase: 'signing-in', account, service })
    try {
      if (access) await checkYunxin()
      const known = (access ?? given)?.token
      const token = known || (await fetchToken(service, account))
      if (attempt !== this.attempt) return
      const config: ProviderConfig = access
        ? { provider: 'yunxin', appKey: access.appKey, account, token }
        : { provider: 'local', service, account, token }
      // The instance is notified of the disconnect before the session: the active call ends with the same reason.
      const { im, netcall } = await createProvider(config)
      if (attempt !== this.attempt) return
      this.connection = { im, appKey: access?.appKey ?? null, asks: !known, release: this.listen(im) }
      await im.connect()
      if (attempt !== this.attempt) return
      this.controller.attach(netcall, im)
      this.remember(account, service, access)
      this.change({ phase: 'signed-in', account, service, online: true })
      await this.refreshContacts()
    } catch (error) {
      if (attempt === this.attempt) this.signedOut(problemOf(error))
    }
  }

  private isSignedIn(account: Account, service: string, access: YunxinAccess | null): boolean {
    const { current, connection } = this
    if (current.phase !== 'signed-in' || !connection) return false
    return current.account === account && current.service === service && connection.appKey === (access?.appKey ?? null)
  }

  /** Without a given token, one is requested. Failures are left to the next attempt: the account is still signed in. */
  private async renewToken(given: { token: string } | null): Promise<void> {
    const { connection, current } = this
    if (!connection || current.phase !== 'signed-in') return
    try {
      const token = given?.token || (await fetchToken(current.service, current.account))
      if (this.connection === connection) this.renew(token)
    } catch (error) {
      console.warn('calls: no new token:', error)
    }
  }

  /** Signs out on the user's request: the next start asks for an account. */
  signOut(): void {
    this.attempt++
    save(KEY, { ...this.remembered(), account: '', token: '' })
    this.signedOut(null)
  }

  /** Reloads the contacts; otherwise presence keeps them current. */
  async refreshContacts(): Promise<void> {
    if (!this.connection) return
    const { im } = this.connection
    try {
      const contacts = await im.contacts()
      if (this.connection?.im === im) this.changeContacts(contacts)
    } catch {
      // The list is kept; it is reloaded with the next connection.
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
    on('tokenExpiring', () => {
      if (this.expiringListeners.size > 0) this.expiringListeners.emit(im.account)
      else if (this.connection?.asks) void this.renewToken(null)
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
    this.contactListeners.emit(this.people)
  }

  private remember(account: string, service: string, access: YunxinAccess | null): void {
    const { appKey, token, accounts: before } = this.remembered()
    const accounts = [account, ...before.filter((other) => other !== account)].slice(0, ACCOUNTS_KEPT)
    const provider = access ? 'yunxin' : 'local'
    const remembered: Remembered = { provider, account, service, accounts, ...(access ?? { appKey, token }) }
    save(KEY, remembered)
  }

  private signedOut(problem: SignInProblem | null): void {
    this.close()
    this.change({ phase: 'signed-out', problem })
  }

  private close(): void {
    this.controller.detach()
    if (!this.connection) return
    const { im, release } = this.connection
    this.connection = null
    release()
    im.disconnect()
    this.changeContacts([])
  }

  private change(state: SessionState): void {
    this.current = state
    this.listeners.emit(state)
  }
}

function problemOfForm(account: string, service: string, access: YunxinAccess | null): SignInProblem | null {
  if (!(access ? YUNXIN_ACCOUNT : ACCOUNT).test(account)) return { reason: 'invalid-account', detail: account }
  if (access && !APP_KEY.test(access.appKey)) return { reason: 'invalid-app-key', detail: access.appKey }
  // With a given token no server is needed.
  const needless = access && access.token !== '' && service === ''
  return needless || SERVICE.test(service) ? null : { reason: 'invalid-service', detail: service }
}

/** A token from the app's server; locally from the service's development endpoint. */
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
