/** Converts netcall and IM events to call events for `transition`. */
import type { Im } from '../netcall/im'
import type { Cid, Netcall } from '../netcall/types'
import type { CallEvent } from './events'
import { listening } from './listening'
import { decodeCustom, decodeMessage } from './messages'
import { kindOfType } from './mode'
import { reasonOfCallDisconnect, reasonOfClose } from './reasons'
import { isActive, type CallKind, type CallState, type LocalMedia } from './state'

interface ProviderListener {
  state: () => CallState
  dispatch: (event: CallEvent) => void
  /** Whether the account is busy with something other than a call. */
  busyElsewhere: () => boolean
  /** Local media of an incoming call of that type. */
  localMedia: (kind: CallKind) => LocalMedia
  /** Whether that call has ended: a late repetition of its ring is not a new call. */
  isFinished: (cid: Cid) => boolean
}

/** Subscribes. Returns the unsubscribe function. */
export function listenTo(netcall: Netcall, im: Im, listener: ProviderListener): () => void {
  const { dispatch } = listener
  const { on, onIm, release } = listening(netcall, im)

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
      busyElsewhere: listener.busyElsewhere(),
      at: Date.now(),
    })
  })
  on('callAccepted', ({ account, cid }) => dispatch({ type: 'call-accepted', peer: account, cid, at: Date.now() }))
  on('callRejected', ({ account }) => dispatch({ type: 'call-rejected', peer: account, at: Date.now() }))
  on('callerAckSync', ({ cid, accepted }) => dispatch({ type: 'answered-elsewhere', cid, accepted, at: Date.now() }))
  on('hangup', ({ cid }) => dispatch({ type: 'peer-hang-up', cid, at: Date.now() }))
  on('control', ({ cid, command }) => dispatch({ type: 'control', cid, command, at: Date.now() }))
  on('syncDone', ({ userlist }) => {
    const state = listener.state()
    if (isActive(state)) dispatch({ type: 'entered', cid: state.cid, members: userlist })
  })
  on('clientJoin', (member) => dispatch({ type: 'member-joined', member }))
  on('clientUpdate', ({ cid, uid, mode }) => dispatch({ type: 'member-mode', cid, uid, mode }))
  on('willreconnect', ({ count }) => dispatch({ type: 'connection-lost', attempt: count }))
  on('liveRoomClose', ({ cid, reason }) => {
    const why = reasonOfClose(reason)
    dispatch({ type: 'peer-hang-up', cid, ...(why && { reason: why }), at: Date.now() })
  })
  // `kicked` adds nothing to the `disconnect` that follows, whose code distinguishes removal and refusal.
  on('disconnect', ({ code }) => {
    const reason = reasonOfCallDisconnect(code, listener.state().phase)
    if (reason) dispatch({ type: 'fail', reason, at: Date.now() })
  })

  onIm('connect', ({ reconnected }) => {
    if (reconnected) dispatch({ type: 'im-reconnected' })
  })
  onIm('message', ({ from, content }) => {
    const message = decodeMessage(content)
    const state = listener.state()
    if (!message || !isActive(state) || state.peer !== from) return
    const { cid } = message
    if (message.type === 'network') dispatch({ type: 'peer-network', cid, quality: message.quality })
    else dispatch({ type: 'peer-recording', cid, wish: { audio: message.audio, video: message.video } })
  })
  return release
}
