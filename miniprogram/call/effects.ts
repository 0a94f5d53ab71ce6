/** Runs the effects of `transition` with the provider. */
import { CONTROL_COMMAND, type NetcallMode } from '../netcall/constants'
import type { Im } from '../netcall/im'
import type { Account, Cid, Netcall } from '../netcall/types'
import type { CallEffect, CallEvent } from './events'
import type { CallSettings } from './local-media'
import { encodeCustom, encodeMessage, type CallMessage } from './messages'
import { typeOfKind } from './mode'
import { reasonOfAnswer, reasonOfError } from './one-to-one/reasons'
import { recordingParams } from './recording-params'
import { joinRoom } from './room/join'
import { encodeRoomMessage, type RoomMessage } from './room/messages'
import type { CallKind } from './state'

/** A call or invitation that was rejected as busy; it never becomes the state. A call is rejected again if it rings again. */
export type MissedCall =
  | { type: 'one-to-one'; peer: Account; kind: CallKind; cid: Cid; /** When it rang, ms. */ at: number }
  | { type: 'room'; inviter: Account; title: string; kind: CallKind; /** When it arrived, ms. */ at: number }

export interface EffectContext {
  netcall: Netcall
  im: Im
  settings: () => Readonly<CallSettings>
  dispatch: (event: CallEvent) => void
  onMissed: (missed: MissedCall) => void
  /** Whether the call of the effect is still the current one; later results are ignored. */
  isCurrent: () => boolean
}

export function runEffect(effect: CallEffect, context: EffectContext): void {
  const { netcall, im, dispatch, onMissed } = context
  switch (effect.type) {
    case 'hang-up':
      return send(netcall.hangup())
    case 'switch-mode':
      return send(netcall.switchMode(effect.mode))
    case 'control':
      return send(netcall.control({ cid: effect.cid, command: effect.command }))
    case 'announce-recording':
      return announce(im, effect.to, { type: 'recording', cid: effect.cid, ...effect.wish })
    case 'announce-network':
      return announce(im, effect.to, { type: 'network', cid: effect.cid, quality: effect.quality })

    case 'place-call':
      return attempt(
        netcall.call({
          type: typeOfKind(effect.kind),
          callee: effect.peer,
          pushConfig: { custom: encodeCustom(effect.wish) },
          forceKeepCalling: effect.keepCalling,
        }),
        context,
        () => send(learnCid(context)),
      )
    case 'respond': {
      const { caller, cid, kind, accepted } = effect
      const response = netcall.response({ caller, cid, type: typeOfKind(kind), accepted })
      if (!accepted) return send(response)
      return attempt(response, context, () => dispatch({ type: 'response-sent' }), reasonOfAnswer)
    }
    case 'say-busy': {
      const { caller, cid, kind } = effect
      send(netcall.control({ cid, command: CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_BUSY }))
      send(netcall.response({ caller, cid, type: typeOfKind(kind), accepted: false }))
      return onMissed({ type: 'one-to-one', peer: caller, kind, cid, at: Date.now() })
    }
    case 'start-rtc':
      return startRtc(effect.mode, context)

    case 'enter':
      return void joinRoom(netcall, effect, context.settings(), context.isCurrent).then((event) => {
        if (event && context.isCurrent()) dispatch(event)
      })
    case 'send':
      return sendRoomMessage(im, effect.to, effect.message, dispatch)
    case 'say-busy-to-inviter': {
      const { inviter, room, title, kind, at } = effect
      sendRoomMessage(im, inviter, { type: 'room-answer', room, answer: 'busy' }, dispatch)
      return onMissed({ type: 'room', inviter, title, kind, at })
    }
  }
}

/** Starts the media session with the recording settings, for caller and callee alike. */
function startRtc(mode: NetcallMode, context: EffectContext): void {
  attempt(context.netcall.startRtc({ mode, ...recordingParams(context.settings()) }), context)
}

/** The answer to `call` has the members' uids, but not the channel id. */
async function learnCid({ netcall, dispatch, isCurrent }: EffectContext): Promise<void> {
  const { cid } = await netcall.getStatus()
  if (cid !== null && isCurrent()) dispatch({ type: 'placed', cid })
}

/** A required step of a one-to-one call: its failure ends the call. */
function attempt(
  step: Promise<unknown>,
  { dispatch, isCurrent }: EffectContext,
  then?: () => void,
  reason = reasonOfError,
): void {
  step.then(
    () => {
      if (isCurrent()) then?.()
    },
    (error: unknown) => {
      if (isCurrent()) dispatch({ type: 'call-failed', reason: reason(error), at: Date.now() })
    },
  )
}

/** Sends something whose loss does not matter. */
function send(step: Promise<unknown>): void {
  step.catch((error: unknown) => console.warn('netcall:', error instanceof Error ? error.message : error))
}

function announce(im: Im, to: readonly Account[], message: CallMessage): void {
  for (const account of to) send(im.sendCustomMessage({ to: account, content: encodeMessage(message) }))
}

function sendRoomMessage(im: Im, to: Account, message: RoomMessage, dispatch: EffectContext['dispatch']): void {
  const sent = im.sendCustomMessage({ to, content: encodeRoomMessage(message) })
  switch (message.type) {
    case 'room-invite': {
      const { room } = message
      return void sent.catch(() => dispatch({ type: 'invitee', room, account: to, state: 'offline' }))
    }
    case 'room-answered':
      return void sent.catch(noOtherDevice)
    default:
      return send(sent)
  }
}

/** `room-answered` stops the ringing of the account's other devices, if there are any. */
function noOtherDevice(): void {}
