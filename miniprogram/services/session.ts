import { DEFAULT_SERVICE } from '../config'
import { createIm, createNetcall } from '../netcall/create'
import { NetcallError } from '../netcall/errors'
import type { Im, ImEventName, ImEvents } from '../netcall/im'
import type { Contact } from '../netcall/protocol'
import type { Netcall } from '../netcall/types'
import { HttpError, requestJson } from './http'
import { member } from '../json'
import { Records } from './records'

export interface SignInProblem {
  reason: 'invalid-account' | 'invalid-service' | 'unreachable' | 'refused' | 'kicked'
  /** What was said about it, for people who look closer. */
  detail: string
}
export type SessionState =
  | { phase: 'signed-out'; problem: SignInProblem | null }
  | { phase: 'signing-in'; account: string; service: string }
  /** `online`: the signalling link is up now. */
  | { phase: 'signed-in'; account: string; service: string; online: boolean }

interface Remembered {
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

/** A service's address as it is used, from one that was typed or scanned; null when it is none. */
export function serviceAddress(text: string): string | null {
  const service = text.trim().replace(/\/+$/, '')
  return SERVICE.test(service) ? service : null
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
      this.link && this.current.phase === 'signed-in'
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
    return {
      account: typeof account === 'string' ? account : '',
      service: typeof service === 'string' ? service : DEFAULT_SERVICE,
      accounts: Array.isArray(accounts) ? accounts.filter((name): name is string => typeof name === 'string') : [],
    }
  }

  /** Signs in and opens the link. Never rejects: the state tells how it went. */
  async signIn(accountTyped: string, serviceTyped: string): Promise<void> {
    this.close()
    const attempt = ++this.attempt
    const account = accountTyped.trim()
    const service = serviceAddress(serviceTyped)
    if (!ACCOUNT.test(account)) return this.signedOut({ reason: 'invalid-account', detail: account })
    if (service === null) return this.signedOut({ reason: 'invalid-service', detail: serviceTyped })
    this.change({ phase: 'signing-in', account, service })
    try {
      const token = await fetchToken(service, account)
      if (attempt !== this.attempt) return
      const im = createIm({ provider: 'local', service, account, token })
      // It hears of the link's end before the session does: the call or room under way ends for the same reason.
      const netcall = createNetcall({ provider: 'local', im })
      this.link = { im, release: this.listen(im) }
      await im.connect()
      if (attempt !== this.attempt) return
      for (const controller of this.controllers) controller.attach(netcall, im)
      this.remember(account, service)
      this.change({ phase: 'signed-in', account, service, online: true })
      await this.refreshContacts()
    } catch (error) {
      if (attempt === this.attempt) this.signedOut(problemOf(error))
    }
  }

  /** Signs out by the user's wish: the next start asks who it is. */
  signOut(): void {
    this.attempt++
    wx.setStorageSync(KEY, { ...this.remembered(), account: '' })
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

  private remember(account: string, service: string): void {
    const accounts = [account, ...this.remembered().accounts.filter((other) => other !== account)]
    const remembered: Remembered = { account, service, accounts: accounts.slice(0, ACCOUNTS_KEPT) }
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

/** A token from the service's development stand-in for the app's own login. */
async function fetchToken(service: string, account: string): Promise<string> {
  const answer = await requestJson({ method: 'POST', url: `${service}/api/tokens`, body: { account } })
  const token = member(answer, 'token')
  if (typeof token !== 'string') throw new HttpError('refused', 200, 'the answer of /api/tokens has no token')
  return token
}

function problemOf(error: unknown): SignInProblem {
  const detail = error instanceof Error ? error.message : String(error)
  if (error instanceof HttpError) return { reason: error.reason, detail }
  const refused = error instanceof NetcallError && error.reason === 'refused'
  return { reason: refused ? 'refused' : 'unreachable', detail }
}
