import { CODE, DISCONNECT_CODE, SCENE, type DisconnectCode, type NetcallMode, type Scene } from '../netcall/constants'
import type { Emitter } from '../netcall/emitter'
import { Timer } from '../netcall/timer'
import type { Cid, NetcallEventName, NetcallEvents, Self, Uid } from '../netcall/types'
import { readEvent } from './events'

/** How long after it told why the SDK may take to say that the session is over, in ms. */
const LAST_WORD_TIME = 1_000

export interface SessionOwner {
  /** The SDK says that the session is over. */
  ended(code: DisconnectCode, desc: string): void
  /** The other side of a call is gone. */
  peerLeft(hangup: NetcallEvents['hangup']): void
}

/** A stay at the media gateway: what the SDK tells of it, in the contract's order. */
export class MediaSession {
  readonly scene: Scene
  mode: NetcallMode
  cid: Cid | null
  uid: Uid | null = null
  connected = false
  isOver = false
  private readonly events: Emitter<NetcallEvents>
  private readonly owner: SessionOwner
  private readonly lastWord = new Timer()
  private connectCount = 0
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
    this.discard()
    if (connected && cid !== null) this.events.emit('close', { cid })
    this.events.emit('disconnect', { code, desc })
  }
  discard(): void {
    this.isOver = true
    this.connected = false
    this.held = []
    this.lastWord.stop()
  }

  hear(event: NetcallEventName, payload: unknown): void {
    // A refusal is what the step's own answer waits for.
    if (this.held && event !== 'disconnect') this.held.push(() => this.tell(event, payload))
    else this.tell(event, payload)
  }

  private tell(event: NetcallEventName, payload: unknown): void {
    // The session's own beginning is told with the first list of members.
    if (event === 'sessionStart') return
    if (event === 'syncDone') return this.read(event, payload, (list) => this.synced(list))
    if (event === 'clientLeave') return this.read(event, payload, (who) => this.memberLeft(who))
    if (event === 'disconnect') return this.read(event, payload, ({ code, desc }) => this.owner.ended(code, desc))
    if (event === 'willreconnect') this.connected = false
    this.read(event, payload, (read) => this.events.emit(event, read))
    if (event === 'liveRoomClose') this.expectEnd(DISCONNECT_CODE.roomGone, event)
    if (event === 'kicked') this.expectEnd(DISCONNECT_CODE.kicked, event)
  }

  private synced(list: NetcallEvents['syncDone']): void {
    this.connected = true
    this.connectCount += 1
    if (this.connectCount === 1 && this.cid !== null) this.events.emit('sessionStart', { cid: this.cid })
    this.events.emit('syncDone', { ...list, connectCount: this.connectCount })
  }
  private memberLeft(who: NetcallEvents['clientLeave']): void {
    if (this.scene === SCENE.MEETING) return this.events.emit('clientLeave', who)
    this.owner.peerLeft({ cid: who.cid, account: who.account, timetag: Date.now() })
  }
  private expectEnd(code: DisconnectCode, desc: string): void {
    this.lastWord.start(LAST_WORD_TIME, () => this.owner.ended(code, desc))
  }

  /** What is of another session, told late, is passed over. */
  private read<E extends NetcallEventName>(
    event: E,
    payload: unknown,
    then: (payload: NetcallEvents[E]) => void,
  ): void {
    const read = readEvent[event](payload, this.cid ?? undefined)
    if (!read) {
      return this.events.emit('error', {
        code: CODE.internal,
        message: `${event}: the SDK's payload has not the expected shape`,
      })
    }
    if (this.cid === null || !('cid' in read) || read.cid === this.cid) then(read)
  }
}
