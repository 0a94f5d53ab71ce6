import { CODE, DISCONNECT_CODE, SCENE, type DisconnectCode, type NetcallMode, type Scene } from '../netcall/constants'
import type { Emitter } from '../netcall/emitter'
import { NetcallError } from '../netcall/errors'
import { notConnected, wrongState } from '../netcall/failures'
import { Timer } from '../netcall/timer'
import type { Account, Cid, NetcallEvents, Self, Uid } from '../netcall/types'
import { readEvent } from './events'
import type { SdkEvent } from './sdk'

/** How long after it told why the SDK may take to say that the session is over, in ms. */
const LAST_WORD_TIME = 1_000
/** Of a refusal the SDK tells the code in an error; the end that follows is told as a normal one. */
const REFUSALS: Record<number, DisconnectCode> = {
  [CODE.refused]: DISCONNECT_CODE.refused,
  [CODE.roomGone]: DISCONNECT_CODE.roomGone,
  [CODE.encryptionRefused]: DISCONNECT_CODE.encryptionRefused,
}

export interface SessionOwner {
  /** The session is over, and the SDK is out of it. */
  ended(code: DisconnectCode, desc: string): void
  /** The other side of a call is gone. */
  peerLeft(hangup: NetcallEvents['hangup']): void
  /** The gateway has let me in again with the mode that I began with. */
  modeLost(mode: NetcallMode): void
}

/** A stay at the media gateway: what the SDK tells of it, in the contract's order. */
export class MediaSession {
  readonly scene: Scene
  mode: NetcallMode
  cid: Cid | null
  uid: Uid | null = null
  connected = false
  isOver = false
  /** Resolves when the gateway has let me in; rejects with a `NetcallError` when the session ends before. */
  readonly inside: Promise<void>
  private letIn: () => void = () => {}
  private keepOut: (error: NetcallError) => void = () => {}
  private readonly events: Emitter<NetcallEvents>
  private readonly owner: SessionOwner
  private readonly lastWord = new Timer()
  private readonly accounts = new Map<Uid, Account>()
  private connectCount = 0
  private refusal: NetcallEvents['error'] | null = null
  /** What was told before the step into the session was answered: pages learn from the answer who they are. */
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
    // Who waits for it hears of it; nobody may.
    this.inside.catch(() => {})
  }

  get wasInside(): boolean {
    return this.connectCount > 0
  }

  /** The step into the session was answered. */
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

  /** My part is over: says so, and hears no more. */
  over(code: DisconnectCode, desc: string): void {
    if (this.isOver) return
    const { connected, cid } = this
    this.discard(endError(code, desc))
    if (connected && cid !== null) this.events.emit('close', { cid })
    this.events.emit('disconnect', { code, desc })
  }
  discard(error: NetcallError = wrongState('the session is over')): void {
    this.isOver = true
    this.connected = false
    this.held = []
    this.lastWord.stop()
    this.keepOut(error)
  }

  hear(event: SdkEvent, payload: unknown): void {
    if (event === 'syncDone') this.letIn()
    // Of an end, what waits for the answer must hear at once.
    if (this.held && event !== 'disconnect' && event !== 'error') this.held.push(() => this.tell(event, payload))
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
        this.lost()
        return this.read(event, payload, (again) => this.events.emit(event, again))
      case 'clientJoin':
        return this.read(event, payload, (member) => {
          this.accounts.set(member.uid, member.account)
          this.events.emit(event, member)
        })
      case 'liveRoomClose':
        // The SDK would stay, and try to come back.
        return this.read(event, payload, (end) => {
          this.events.emit(event, end)
          this.owner.ended(DISCONNECT_CODE.roomGone, end.reason || event)
        })
      case 'kicked':
        return this.read(event, payload, (end) => {
          this.events.emit(event, end)
          this.lastWord.start(LAST_WORD_TIME, () => this.owner.ended(DISCONNECT_CODE.kicked, event))
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
    for (const { uid, account } of list.userlist) this.accounts.set(uid, account)
    if (cid !== null) this.events.emit('open', { cid })
    if (cid !== null && this.connectCount === 1) this.events.emit('sessionStart', { cid })
    this.events.emit('syncDone', { ...list, connectCount: this.connectCount })
    const own = list.userlist.find(({ uid }) => uid === this.uid)
    if (own && own.mode !== this.mode) this.owner.modeLost(this.mode)
  }
  private lost(): void {
    if (this.connected && this.cid !== null) this.events.emit('close', { cid: this.cid })
    this.connected = false
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
    const refused = refusal && code === DISCONNECT_CODE.normal ? REFUSALS[refusal.code] : undefined
    this.owner.ended(refused ?? code, refused === undefined ? desc : refusal?.message || desc)
  }

  /** What is of another session, told late, is passed over. */
  private read<E extends SdkEvent>(event: E, payload: unknown, then: (payload: NetcallEvents[E]) => void): void {
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

/** What who waits to be let in is told of an end. */
function endError(code: DisconnectCode, desc: string): NetcallError {
  if (code === DISCONNECT_CODE.normal) return wrongState(`the session ended before it began: ${desc}`)
  if (code === DISCONNECT_CODE.retriesUsedUp) return notConnected('the gateway')
  return new NetcallError('refused', `the gateway refused: ${desc}`, { code })
}
