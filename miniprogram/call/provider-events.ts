/** Converts netcall and IM events to events for `transition`. */
import type { Im, ImEventName, ImEvents } from '../netcall/im'
import type { Account, Cid, Listener, Netcall, NetcallEventName, NetcallEvents, StreamMember } from '../netcall/types'
import type { CallEvent } from './events'
import { decodeCustom, decodeMessage } from './messages'
import { kindOfType } from './mode'
import { reasonOfCallDisconnect, reasonOfClose } from './one-to-one/reasons'
import { decodeRoomMessage, type RoomMessage } from './room/messages'
import { reasonOfKick, reasonOfRoomClose, reasonOfRoomDisconnect } from './room/reasons'
import { isInRoom, type CallKind, type CallState, type LocalMedia, type RoomEndReason } from './state'

interface ProviderListener {
  state: () => CallState
  dispatch: (event: CallEvent) => void
  /** Local media of an incoming call of that type. */
  localMedia: (kind: CallKind) => LocalMedia
  /** Whether that call has ended: a late repetition of its ring is not a new call. */
  isFinished: (cid: Cid) => boolean
  /** Members of the media session: may arrive before joining a room has completed. */
  entered: (members: StreamMember[]) => void
}

/** Subscribes. Returns the unsubscribe function. */
export function listenTo(netcall: Netcall, im: Im, listener: ProviderListener): () => void {
  const { dispatch } = listener
  const { on, onIm, release } = subscriptions(netcall, im)

  on('beCalling', ({ caller, cid, type, custom }) => {
    if (listener.isFinished(cid)) return
    const kind = kindOfType(type)
    const wish = decodeCustom(custom)
    dispatch({
      type: 'be-calling',
      caller,
      cid,
      kind,
      local: listener.localMedia(kind),
      peerRecords: wish.audio || wish.video,
      // Both sides must reach the same decision.
      givesWay: im.account > caller,
      at: Date.now(),
    })
  })
  on('callAccepted', ({ account, cid }) => dispatch({ type: 'call-accepted', peer: account, cid, at: Date.now() }))
  on('callRejected', ({ account }) => dispatch({ type: 'call-rejected', peer: account, at: Date.now() }))
  on('callerAckSync', ({ cid, accepted }) => dispatch({ type: 'answered-elsewhere', cid, accepted, at: Date.now() }))
  on('hangup', ({ cid }) => dispatch({ type: 'peer-hang-up', cid, at: Date.now() }))
  on('control', ({ cid, account, command }) => dispatch({ type: 'control', cid, account, command, at: Date.now() }))

  on('syncDone', ({ userlist }) => listener.entered(userlist))
  on('clientJoin', (member) => dispatch({ type: 'member-joined', member }))
  on('clientUpdate', ({ cid, uid, mode }) => dispatch({ type: 'member-mode', cid, uid, mode }))
  on('clientLeave', (member) => dispatch({ type: 'member-left', member }))
  on('willreconnect', ({ count }) => dispatch({ type: 'connection-lost', attempt: count }))

  /** The session's end does not end a ringing invitation. */
  const failRoom = (reason: RoomEndReason | null): void => {
    if (reason && listener.state().phase !== 'invited') dispatch({ type: 'room-failed', reason, at: Date.now() })
  }
  on('liveRoomClose', ({ cid, reason }) => {
    const state = listener.state()
    if (isInRoom(state) && state.cid === cid) return failRoom(reasonOfRoomClose(reason))
    const why = reasonOfClose(reason)
    dispatch({ type: 'peer-hang-up', cid, ...(why && { reason: why }), at: Date.now() })
  })
  // In a one-to-one call `kicked` adds nothing to the `disconnect` that follows, whose code distinguishes removal and refusal.
  on('kicked', ({ reason }) => failRoom(reasonOfKick(reason)))
  on('disconnect', ({ code }) => {
    const state = listener.state()
    if (state.type === 'room') return failRoom(reasonOfRoomDisconnect(code, state.phase))
    const reason = reasonOfCallDisconnect(code, state.phase)
    if (reason) dispatch({ type: 'call-failed', reason, at: Date.now() })
  })

  onIm('connect', ({ reconnected }) => {
    if (reconnected) dispatch({ type: 'im-reconnected' })
  })
  onIm('message', ({ from, content }) => {
    const about = decodeRoomMessage(content)
    if (about) {
      const event = eventOfRoomMessage(about, from, im.account, listener.localMedia)
      if (event) dispatch(event)
      return
    }
    const message = decodeMessage(content)
    if (!message) return
    const { cid } = message
    if (message.type === 'network') dispatch({ type: 'member-network', cid, account: from, quality: message.quality })
    else {
      const { type: _, cid: __, ...wish } = message
      // Only the service sends messages of the own account: the app's server changed what is recorded.
      if (from === im.account) dispatch({ type: 'own-recording', cid, wish })
      else dispatch({ type: 'member-recording', cid, account: from, wish })
    }
  })
  return release
}

/** Null if the message does not concern this account. */
function eventOfRoomMessage(
  message: RoomMessage,
  from: Account,
  me: Account,
  localMedia: (kind: CallKind) => LocalMedia,
): CallEvent | null {
  const { room } = message
  const at = Date.now()
  switch (message.type) {
    case 'room-invite': {
      const { title, kind, members } = message
      const others = members.filter((account) => account !== me && account !== from)
      return { type: 'be-invited', room, title, kind, inviter: from, others, local: localMedia(kind), at }
    }
    case 'room-cancel':
      return { type: 'invite-cancelled', room, by: from, at }
    case 'room-answer':
      return { type: 'invitee', room, account: from, state: message.answer }
    case 'room-speaks':
      return { type: 'member-speaks', room, account: from, at }
    case 'room-answered':
      return from === me ? { type: 'invite-answered-elsewhere', room, at } : null
  }
}

interface Subscriptions {
  on: <E extends NetcallEventName>(event: E, handle: Listener<NetcallEvents[E]>) => void
  onIm: <E extends ImEventName>(event: E, handle: (payload: ImEvents[E]) => void) => void
  release: () => void
}

/** Groups subscriptions, to end them together. */
function subscriptions(netcall: Netcall, im: Im): Subscriptions {
  const releases: Array<() => void> = []
  return {
    on(event, handle) {
      netcall.on(event, handle)
      releases.push(() => netcall.off(event, handle))
    },
    onIm(event, handle) {
      im.on(event, handle)
      releases.push(() => im.removeListener(event, handle))
    },
    release() {
      for (const release of releases) release()
    },
  }
}
