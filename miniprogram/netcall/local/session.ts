import { DISCONNECT_CODE, SCENE, type DisconnectCode, type NetcallMode } from '../constants'
import type { NetcallError } from '../errors'
import type { GatewayLogin, GatewayUser } from '../protocol'
import type { AccountUidMap, Cid, MemberRef, NetcallEvents, StreamMember, Uid } from '../types'
import type { Emitter } from '../emitter'
import { wrongState } from '../failures'
import { GatewayClient, type GatewayEnd } from './gateway-client'

/** A call or room as described by the IM side. */
export interface Channel {
  cid: Cid
  uid: Uid
  serverMap: string
  accountUidMap: AccountUidMap
}
export interface SessionOwner {
  events: Emitter<NetcallEvents>
  /** Logged in for the first time. */
  entered(): void
  /** The session has ended. Called before its last events, so that the instance is idle for their listeners. */
  over(error: NetcallError, tellOthers: boolean): void
}

/** A media session at the gateway: converts its pushes to the contract's events. */
export class MediaSession {
  readonly channel: Channel
  private readonly login: GatewayLogin
  private readonly owner: SessionOwner
  private readonly gateway: GatewayClient
  private ended = false

  constructor(url: string, channel: Channel, login: GatewayLogin, owner: SessionOwner) {
    this.channel = channel
    this.login = login
    this.owner = owner
    this.gateway = new GatewayClient(url, login)
    this.listen()
  }

  get connected(): boolean {
    return this.gateway.isUp
  }
  get mode(): NetcallMode {
    return this.gateway.mode
  }

  open(): void {
    this.gateway.open()
  }
  switchMode(mode: NetcallMode): Promise<void> {
    return this.gateway.switchMode(mode)
  }

  /**
   * Ends the session from this side, or because the peer is gone; resolves when the gateway has confirmed. `lastEvents` are emitted before
   * the session's `disconnect`.
   */
  leave(desc: string, lastEvents?: () => void, code: DisconnectCode = DISCONNECT_CODE.normal): Promise<void> {
    if (this.ended) return Promise.resolve()
    this.ended = true
    const { events } = this.owner
    const wasUp = this.gateway.isUp
    const left = this.gateway.leave()
    this.owner.over(wrongState(`the session ended: ${desc}`), false)
    lastEvents?.()
    if (wasUp) events.emit('close', { cid: this.channel.cid })
    events.emit('disconnect', { code, desc })
    return left
  }

  private listen(): void {
    const { cid } = this.channel
    const { events } = this.owner
    const gateway = this.gateway.events
    gateway.on('open', () => events.emit('open', { cid }))
    gateway.on('close', () => events.emit('close', { cid }))
    gateway.on('entered', ({ userlist, connectCount }) => this.entered(userlist, connectCount))
    gateway.on('clientJoin', (user) => events.emit('clientJoin', member(user)))
    gateway.on('clientUpdate', ({ mode, ...user }) => events.emit('clientUpdate', { ...reference(user), mode }))
    gateway.on('clientLeave', (user) => this.memberLeft(reference(user)))
    gateway.on('willreconnect', (payload) => events.emit('willreconnect', payload))
    gateway.on('overTime', (payload) => events.emit('sendCommandOverTime', payload))
    gateway.on('ended', (end) => this.end(end))
  }

  private entered(userlist: GatewayUser[], connectCount: number): void {
    const { events } = this.owner
    if (connectCount === 1) {
      events.emit('sessionStart', { cid: this.channel.cid })
      this.owner.entered()
    }
    void this.announce(userlist, connectCount)
  }

  private async announce(userlist: GatewayUser[], connectCount: number): Promise<void> {
    // Pages get their uid from the promise and then look for it in the list: the promise resolves first.
    await Promise.resolve()
    if (this.ended) return
    this.owner.events.emit('syncDone', { code: 200, userlist: userlist.map(member), connectCount })
  }

  private memberLeft(who: MemberRef): void {
    const { events } = this.owner
    if (this.login.scene === SCENE.MEETING) return events.emit('clientLeave', who)
    const { cid, account } = who
    void this.leave('the other side left', () => events.emit('hangup', { cid, timetag: Date.now(), account }))
  }

  private end({ code, desc, cause, error }: GatewayEnd): void {
    if (this.ended) return
    this.ended = true
    const { events } = this.owner
    const { cid } = this.channel
    // Kicked or timed out: no hangup is sent, the service already notifies the other members.
    // A refusal ends the call for them, too.
    this.owner.over(error, cause === null && code !== DISCONNECT_CODE.retriesUsedUp)
    if (cause) events.emit(cause, { cid, reason: desc })
    events.emit('disconnect', { code, desc })
  }
}

function reference({ uid, accid, cid }: Pick<GatewayUser, 'uid' | 'accid' | 'cid'>): MemberRef {
  return { uid, account: accid, cid }
}
function member(user: GatewayUser): StreamMember {
  return { ...reference(user), url: user.url, mode: user.mode }
}
