import { CODE, DISCONNECT_CODE, SCENE, type DisconnectCode, type NetcallMode, type Scene } from '../netcall/constants'
import type { Emitter } from '../netcall/emitter'
import { NetcallError } from '../netcall/errors'
import { notConnected, wrongState } from '../netcall/failures'
import { ROOM_CLOSE_REASON } from '../netcall/protocol'
import { Timer } from '../netcall/timer'
import type { Account, Cid, NetcallEvents, Self, Uid } from '../netcall/types'
import { readEvent, type ReadEvent } from './events'
import type { SdkEvent } from './sdk'

/** How long after reporting a reason the SDK may take to report the session's end, ms. */
const LAST_WORD_TIME = 1_000
/** Timeout of the login at the gateway, ms. The SDK's own attempts take 45 s, or many minutes if nothing answers. */
const GATEWAY_TIME = 60_000
/** The SDK reports a refusal's code in an error; the end that follows is reported as a normal one. */
const REFUSALS: Record<number, DisconnectCode> = {
  [CODE.refused]: DISCONNECT_CODE.refused,
  [CODE.roomGone]: DISCONNECT_CODE.roomGone,
  [CODE.encryptionRefused]: DISCONNECT_CODE.encryptionRefused,
}

export interface SessionOwner {
  /** The session has ended, and the SDK has left it. `othersWait`: the peer has not been notified. */
  ended(code: DisconnectCode, desc: string, othersWait: boolean): void
  /** The peer of a call is gone. */
  peerLeft(hangup: NetcallEvents['hangup']): void
  /** Logged in again, with the initial mode. */
  modeLost(mode: NetcallMode): void
}

/** A media session at the gateway: the SDK's events in the contract's order. */
export class MediaSession {
  readonly scene: Scene
  mode: NetcallMode
  cid: Cid | null
  uid: Uid | null = null
  connected = false
  isOver = false
  /** Resolves when logged in at the gateway; rejects with a `NetcallError` if the session ends before. */
  readonly inside: Promise<void>
  private letIn: () => void = () => {}
  private keepOut: (error: NetcallError) => void = () => {}
  private readonly events: Emitter<NetcallEvents>
  private readonly owner: SessionOwner
  private readonly lastWord = new Timer()
  private readonly gatewayLimit = new Timer()
  private readonly accounts = new Map<Uid, Account>()
  private connectCount = 0
  /** Attempts since the gateway was last connected. */
  private tries = 0
  private refusal: NetcallEvents['error'] | null = null
  /** From the first member list until the step into the session has settled: pages get their uid from it. */
  private held: Array<() => void> | null = []

  constructor(
    begin: { scene: Scene; mode: NetcallMode; cid: Cid | null },
    events: Emitter<NetcallEvents>,
    owner: SessionOwner,
  ) {
    this.scene = begin.scene
    this.mode = begin.mode
    this.cid = begin.cid
    this.events = events
    this.owner = owner
    this.inside = new Promise((resolve, reject) => {
      this.letIn = resolve
      this.keepOut = reject
    })
    // The rejection is observed by those who wait; there may be none.
    this.inside.catch(() => {})
    this.awaitGateway()
  }

  /** The step into the session has settled. */
  entered(self: Self): Self {
    this.uid = self.uid
    this.cid = self.cid
    setTimeout(() => {
      const held = this.held ?? []
      this.held = null
      for (const tell of held) if (!this.isOver) tell()
    }, 0)
    return self
  }

  /** Ends this side: emits the end, and no further events. */
  over(code: DisconnectCode, desc: string): void {
    if (this.isOver) return
    const { connected, cid } = this
    this.discard(endError(code, desc))
    if (connected && cid !== null) this.events.emit('close', { cid })
    this.events.emit('disconnect', { code, desc })
  }
  discard(error: NetcallError = wrongState('the session has ended')): void {
    this.isOver = true
    this.connected = false
    this.held = []
    this.lastWord.stop()
    this.gatewayLimit.stop()
    this.keepOut(error)
  }

  handle(event: SdkEvent, payload: unknown): void {
    const { held } = this
    if (event === 'syncDone') this.letIn()
    // At the end, waiting callers are notified at once.
    const isEnd = event === 'disconnect' || event === 'error'
    if (held && !isEnd && (event === 'syncDone' || held.length > 0)) held.push(() => this.tell(event, payload))
    else this.tell(event, payload)
  }

  private tell(event: SdkEvent, payload: unknown): void {
    switch (event) {
      case 'syncDone':
        return this.read(event, payload, (list) => this.synced(list))
      case 'clientLeave':
        return this.read(event, payload, (who) => this.memberLeft(who))
      case 'hangup':
        return this.read(event, payload, (hangup) => this.owner.peerLeft(hangup))
      case 'disconnect':
        return this.read(event, payload, ({ code, desc }) => this.disconnected(code, desc))
      case 'error':
        return this.read(event, payload, (error) => this.failed(error))
      case 'willreconnect':
        return this.lost()
      case 'clientJoin':
        return this.read(event, payload, (member) => {
          this.accounts.set(member.uid, member.account)
          this.events.emit(event, member)
        })
      case 'liveRoomClose':
        // The SDK would stay and try to reconnect.
        return this.read(event, payload, (end) => {
          this.events.emit(event, end)
          this.end(DISCONNECT_CODE.roomGone, end.reason || event)
        })
      case 'kicked':
        return this.read(event, payload, (end) => {
          this.events.emit(event, end)
          this.lastWord.start(LAST_WORD_TIME, () => this.end(DISCONNECT_CODE.kicked, event))
        })
      case 'clientUpdate':
      case 'sendCommandOverTime':
        return this.read(event, payload, (read) => this.events.emit(event, read))
    }
  }

  private synced(list: NetcallEvents['syncDone']): void {
    const { cid } = this
    this.connected = true
    this.connectCount += 1
    this.tries = 0
    this.gatewayLimit.stop()
    for (const { uid, account } of list.userlist) this.accounts.set(uid, account)
    if (cid !== null) this.events.emit('open', { cid })
    if (cid !== null && this.connectCount === 1) this.events.emit('sessionStart', { cid })
    this.events.emit('syncDone', { ...list, connectCount: this.connectCount })
    const own = list.userlist.find(({ uid }) => uid === this.uid)
    if (own && own.mode !== this.mode) this.owner.modeLost(this.mode)
  }
  private lost(): void {
    if (this.connected) {
      this.connected = false
      this.awaitGateway()
      if (this.cid !== null) this.events.emit('close', { cid: this.cid })
    }
    this.tries += 1
    this.events.emit('willreconnect', { count: this.tries })
  }
  private awaitGateway(): void {
    this.gatewayLimit.start(GATEWAY_TIME, () => this.end(DISCONNECT_CODE.retriesUsedUp, 'the gateway does not answer'))
  }
  private memberLeft(who: NetcallEvents['clientLeave']): void {
    if (this.scene === SCENE.MEETING) return this.events.emit('clientLeave', who)
    this.owner.peerLeft({ cid: who.cid, account: who.account, timetag: Date.now() })
  }
  private failed(error: NetcallEvents['error']): void {
    if (error.code in REFUSALS) this.refusal = error
    else this.events.emit('error', error)
  }
  private disconnected(code: DisconnectCode, desc: string): void {
    const { refusal } = this
    const { normal, roomGone } = DISCONNECT_CODE
    const refused = refusal && code === normal ? REFUSALS[refusal.code] : undefined
    if (refused !== undefined) return this.end(refused, refusal?.message || desc)
    if (code !== normal || this.scene === SCENE.MEETING || this.cid === null) return this.end(code, desc)
    // Nobody hung up: the SDK looked for the peer at the gateway and found nobody.
    const { lost } = ROOM_CLOSE_REASON
    this.events.emit('liveRoomClose', { cid: this.cid, reason: lost })
    this.owner.ended(roomGone, lost, true)
  }
  /** A member that never entered has accepted: the peer would wait. For a lost connection the service notifies it. */
  private end(code: DisconnectCode, desc: string): void {
    const cameIn = this.connectCount > 0
    this.owner.ended(code, desc, !cameIn && code !== DISCONNECT_CODE.retriesUsedUp)
  }

  /** Late events of another session are ignored. */
  private read<E extends ReadEvent>(event: E, payload: unknown, then: (payload: NetcallEvents[E]) => void): void {
    const read = readEvent[event](payload, { cid: this.cid, accountOf: (uid) => this.accounts.get(uid) })
    if (!read) {
      return this.events.emit('error', {
        code: CODE.internal,
        message: `${event}: the SDK's payload has not the expected shape`,
      })
    }
    if (this.cid === null || !('cid' in read) || read.cid === this.cid) then(read)
  }
}

/** The error for callers waiting for the login. */
function endError(code: DisconnectCode, desc: string): NetcallError {
  if (code === DISCONNECT_CODE.normal) return wrongState(`the session ended before it began: ${desc}`)
  if (code === DISCONNECT_CODE.retriesUsedUp) return notConnected('the gateway')
  return new NetcallError('refused', `the gateway refused: ${desc}`, { code })
}
