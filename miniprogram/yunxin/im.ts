import { member, parseJson } from '../json'
import { CODE } from '../netcall/constants'
import type { YunxinConfig } from '../netcall/config'
import { NetcallError } from '../netcall/errors'
import type { Im, ImEventName, ImEvents } from '../netcall/im'
import { Emitter } from '../netcall/emitter'
import { notConnected, wrongState } from '../netcall/failures'
import { Timer } from '../netcall/timer'
import type { Contact } from '../netcall/protocol'
import type { Account } from '../netcall/types'
import { failureOf, wordsOf } from './failures'
import type { Done, Nim, NimClass } from './sdk'
import { account, anyOf, integer, list, text } from './values'

/** Presence events have type 1; value 1 is a sign-in, others are ways in which a device goes offline. */
const PRESENCE = { type: 1, online: 1, days: 1 } as const
/** The SDK's messages for a connection that failed at first, or ended for good. */
const REFUSALS: readonly number[] = [302, 403, 422]
const REPLACED: readonly (number | string)[] = ['kicked', 417]
/** Maximum number of accounts in a presence request. */
const ACCOUNTS_AT_ONCE = 100

/** The SDK never gives up a first connection: maximum attempts, and time in ms. */
const OPENING = { tries: 2, time: 15_000 } as const

/** How long the next connection waits for the last one's end, ms. */
const CLOSING_TIME = 3_000

/** WeChat allows two sockets per host: the next connection waits until the last one is closed. */
let closed: Promise<void> = Promise.resolve()

/** The IM object over NetEase's IM SDK. */
export class YunxinIm implements Im {
  readonly account: Account
  options: { readonly appKey: string; readonly token: string }
  /** Called with the SDK's object before it connects, and with null when it is released. */
  onNim: ((nim: Nim | null) => void) | null = null
  private readonly NIM: NimClass
  private readonly events = new Emitter<ImEvents>()
  private readonly presence = new Map<Account, boolean>()
  private nim: Nim | null = null
  private up = false
  /** Settles `connect()`. */
  private opening: { resolve: () => void; reject: (error: NetcallError) => void } | null = null
  private readonly openingTimer = new Timer()

  constructor(config: YunxinConfig, NIM: NimClass) {
    this.account = config.account
    this.options = { appKey: config.appKey, token: config.token }
    this.NIM = NIM
  }

  get connected(): boolean {
    return this.up
  }

  connect(): Promise<void> {
    if (this.nim || this.opening) return Promise.reject(wrongState('connect: already connected'))
    return new Promise((resolve, reject) => {
      const opening = { resolve, reject }
      this.opening = opening
      this.openingTimer.start(OPENING.time, () => this.refuse(notConnected('connect')))
      void closed.then(() => {
        if (this.opening === opening) this.open()
      })
    })
  }

  disconnect(): void {
    if (!this.nim && !this.opening) return
    this.end('signed-out', '')
  }

  /** For the next sign-in: the SDK keeps its connection, and its token for reconnects. */
  renew(token: string): void {
    this.options = { ...this.options, token }
  }

  async contacts(): Promise<Contact[]> {
    const friends = await this.ask('getFriends', (nim, done) => nim.getFriends({ done }))
    const accounts = list(anyOf(friends, 'friends') ?? friends)
      // Former friends stay in the list.
      .filter((friend) => anyOf(friend, 'valid') !== false)
      .map((friend) => account(anyOf(friend, 'account')))
      .filter((name) => name !== undefined)
    const known = await this.followPresence(accounts)
    return accounts.map((name) => ({ account: name, online: this.presence.get(name) ?? !known }))
  }

  async sendCustomMessage({ to, content }: { to: Account; content: string }): Promise<{ timetag: number }> {
    const sent = await this.ask('sendCustomMessage', (nim, done) =>
      nim.sendCustomSysMsg({ scene: 'p2p', to, content, sendToOnlineUsersOnly: true, isPushable: false, done }),
    )
    return { timetag: integer(anyOf(sent, 'time')) ?? Date.now() }
  }

  on<E extends ImEventName>(event: E, listener: (payload: ImEvents[E]) => void): void {
    this.events.on(event, listener)
  }
  removeListener<E extends ImEventName>(event: E, listener: (payload: ImEvents[E]) => void): void {
    this.events.off(event, listener)
  }

  private open(): void {
    // A released connection may still emit events.
    const mine = <T>(handle: (value: T) => void): ((value: T) => void) => {
      return (value) => {
        if (this.nim === nim) handle(value)
      }
    }
    let nim: Nim | null = null
    try {
      nim = this.NIM.getInstance({
        appKey: this.options.appKey,
        account: this.account,
        token: this.options.token,
        db: false,
        onconnect: mine(() => this.onConnected()),
        onwillreconnect: mine((info: unknown) => this.onConnectionLost(info)),
        ondisconnect: mine((end: unknown) => this.onDisconnected(end)),
        oncustomsysmsg: mine((message: unknown) => this.received(message)),
        onpushevents: mine((pushed: unknown) => this.presenceChanged(pushed)),
      })
      this.nim = nim
      this.onNim?.(nim)
    } catch (error) {
      this.refuse(failureOf('connect', error))
    }
  }

  private onConnected(): void {
    const reconnected = !this.opening
    this.up = true
    this.settle(null)
    this.events.emit('connect', { reconnected })
  }
  private onConnectionLost(info: unknown): void {
    const count = integer(anyOf(info, 'retryCount')) ?? 1
    const { opening } = this
    if (opening) {
      // The SDK schedules its next attempt after this callback, and can be stopped only then.
      if (count >= OPENING.tries) {
        setTimeout(() => {
          if (this.opening === opening) this.refuse(notConnected('connect'))
        }, 0)
      }
      return
    }
    this.up = false
    // Accounts that went offline meanwhile are not reported.
    this.presence.clear()
    this.events.emit('willreconnect', { count })
  }
  /** The code is a number for a refused login, and a word for a connection that ended later. */
  private onDisconnected(end: unknown): void {
    const code = integer(anyOf(end, 'code')) ?? text(anyOf(end, 'code')) ?? ''
    const message = wordsOf(end).message ?? String(code)
    if (this.opening) {
      const refused = typeof code === 'number' && (REFUSALS.includes(code) || REPLACED.includes(code))
      const reason = refused ? 'refused' : 'not-connected'
      return this.refuse(new NetcallError(reason, `connect: ${message}`, { code: refused ? CODE.refused : 0 }))
    }
    this.end(REPLACED.includes(code) ? 'kicked' : 'unauthorized', message)
  }

  private received(message: unknown): void {
    const from = account(anyOf(message, 'from'))
    const content = text(anyOf(message, 'content'))
    if (from === undefined || content === undefined || anyOf(message, 'scene') === 'team') return
    this.events.emit('message', { from, content, timetag: integer(anyOf(message, 'time')) ?? Date.now() })
  }

  /** False if the app has no presence: then nobody counts as offline. */
  private async followPresence(accounts: Account[]): Promise<boolean> {
    const subscribeTime = PRESENCE.days * 24 * 3600
    try {
      for (let at = 0; at < accounts.length; at += ACCOUNTS_AT_ONCE) {
        const some = accounts.slice(at, at + ACCOUNTS_AT_ONCE)
        await this.ask('subscribeEvent', (nim, done) =>
          nim.subscribeEvent({ type: PRESENCE.type, accounts: some, subscribeTime, sync: true, done }),
        )
      }
      return true
    } catch {
      return false
    }
  }
  private presenceChanged(pushed: unknown): void {
    for (const event of list(anyOf(pushed, 'msgEvents'))) {
      const who = account(anyOf(event, 'account'))
      if (who === undefined || integer(anyOf(event, 'type')) !== PRESENCE.type) continue
      const online = isOnline(event)
      this.presence.set(who, online)
      this.events.emit('presence', { account: who, online })
    }
  }

  private ask(method: string, run: (nim: Nim, done: Done) => void): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (!this.nim || !this.up) throw notConnected(method)
      run(this.nim, (error, answer) => {
        if (error) reject(failureOf(method, error))
        else resolve(answer)
      })
    })
  }

  private end(reason: ImEvents['disconnect']['reason'], message: string): void {
    this.settle(notConnected('connect'))
    this.events.emit('disconnect', { reason, message })
    this.release()
  }
  /** The first connection failed for good. */
  private refuse(error: NetcallError): void {
    this.settle(error)
    this.release()
  }
  private settle(error: NetcallError | null): void {
    const { opening } = this
    this.opening = null
    this.openingTimer.stop()
    if (error) opening?.reject(error)
    else opening?.resolve()
  }
  private release(): void {
    const { nim } = this
    this.nim = null
    this.up = false
    this.presence.clear()
    this.onNim?.(null)
    if (nim) closed = destroyed(nim)
  }
}

/** For an account with several devices each event lists those still online. */
function isOnline(event: unknown): boolean {
  const devices = member(parseJson(text(anyOf(event, 'serverConfig'))), 'online')
  return devices === undefined ? integer(anyOf(event, 'value')) === PRESENCE.online : list(devices).length > 0
}

function destroyed(nim: Nim): Promise<void> {
  return new Promise((resolve) => {
    const limit = setTimeout(resolve, CLOSING_TIME)
    nim.destroy({
      done: () => {
        clearTimeout(limit)
        resolve()
      },
    })
  })
}
