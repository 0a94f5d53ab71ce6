/** Converts netcall and IM events to room events for `roomTransition`. */
import { listening } from '../call/listening'
import { decodeMessage } from '../call/messages'
import type { CallKind, LocalMedia } from '../call/state'
import type { Im } from '../netcall/im'
import type { Netcall, StreamMember } from '../netcall/types'
import type { RoomEvent } from './events'
import { decodeRoomMessage, type RoomMessage } from './messages'
import { reasonOfKick, reasonOfRoomClose, reasonOfRoomDisconnect } from './reasons'
import { isInRoom, type RoomEndReason, type RoomState } from './state'

interface RoomProviderListener {
  state: () => RoomState
  dispatch: (event: RoomEvent) => void
  /** Local media at the start of a room of that type. */
  localMedia: (kind: CallKind) => LocalMedia
  /** Whether the account is busy with a call. */
  busyElsewhere: () => boolean
  /** Members of the session: may arrive before the join has completed. */
  entered: (members: StreamMember[]) => void
}

/** Subscribes. Returns the unsubscribe function. */
export function listenToRoom(netcall: Netcall, im: Im, listener: RoomProviderListener): () => void {
  const { dispatch } = listener
  const { on, onIm, release } = listening(netcall, im)

  /** The session's end does not end a ringing invitation. */
  const fail = (reason: RoomEndReason): void => {
    if (listener.state().phase !== 'invited') dispatch({ type: 'fail', reason, at: Date.now() })
  }

  on('syncDone', ({ userlist }) => listener.entered(userlist))
  on('clientJoin', (member) => dispatch({ type: 'member-joined', member }))
  on('clientUpdate', ({ cid, uid, mode }) => dispatch({ type: 'member-mode', cid, uid, mode }))
  on('clientLeave', (member) => dispatch({ type: 'member-left', member }))
  on('control', ({ cid, account, command }) => dispatch({ type: 'member-control', cid, account, command }))
  on('willreconnect', ({ count }) => dispatch({ type: 'connection-lost', attempt: count }))
  on('liveRoomClose', ({ cid, reason }) => {
    const state = listener.state()
    if (isInRoom(state) && state.cid === cid) fail(reasonOfRoomClose(reason))
  })
  on('kicked', ({ reason }) => fail(reasonOfKick(reason)))
  on('disconnect', ({ code }) => {
    const reason = reasonOfRoomDisconnect(code, listener.state().phase)
    if (reason) fail(reason)
  })

  const hearRoom = (from: string, message: RoomMessage): void => {
    const { room } = message
    switch (message.type) {
      case 'room-invite': {
        const { title, kind, members } = message
        return dispatch({
          type: 'be-invited',
          room,
          title,
          kind,
          inviter: from,
          others: members.filter((account) => account !== im.account && account !== from),
          local: listener.localMedia(kind),
          busyElsewhere: listener.busyElsewhere(),
          at: Date.now(),
        })
      }
      case 'room-cancel':
        return dispatch({ type: 'invite-cancelled', room, by: from, at: Date.now() })
      case 'room-answer':
        return dispatch({ type: 'invitee', room, account: from, state: message.answer })
      case 'room-speaks':
        return dispatch({ type: 'member-speaks', room, account: from, at: Date.now() })
      case 'room-answered':
        if (from === im.account) dispatch({ type: 'answered-elsewhere', room, at: Date.now() })
    }
  }
  onIm('connect', ({ reconnected }) => {
    if (reconnected) dispatch({ type: 'im-reconnected' })
  })
  onIm('message', ({ from, content }) => {
    const about = decodeRoomMessage(content)
    if (about) return hearRoom(from, about)
    const message = decodeMessage(content)
    if (!message) return
    const { cid } = message
    if (message.type === 'network') dispatch({ type: 'member-network', cid, account: from, quality: message.quality })
    else {
      const { type: _, cid: __, ...wish } = message
      dispatch({ type: 'member-recording', cid, account: from, wish })
    }
  })
  return release
}
