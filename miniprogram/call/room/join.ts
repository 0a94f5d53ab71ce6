/** Joins a room's channel, creating it if needed. */
import { CODE, ROLE } from '../../netcall/constants'
import { NetcallError } from '../../netcall/errors'
import type { JoinedChannel, Netcall } from '../../netcall/types'
import type { EventOf, RoomEffect } from '../events'
import { recordingParams, type RecordingSettings } from '../recording-params'
import { decodeRoomWord, encodeRoomWord } from './messages'
import { reasonOfEntry } from './reasons'

type Enter = Extract<RoomEffect, { type: 'enter' }>

/**
 * Creates and joins as `effect.make` says.
 * @param isCurrent false once the user has left: the remaining steps are skipped
 * @returns the event that says how it ended; null after the user left
 */
export async function joinRoom(
  netcall: Netcall,
  effect: Enter,
  settings: RecordingSettings,
  isCurrent: () => boolean,
): Promise<EventOf<'joined' | 'room-failed'> | null> {
  try {
    if (effect.make === 'first') await makeRoom(netcall, effect)
    const joined = isCurrent() ? await joinChannel(netcall, effect, settings, isCurrent) : null
    if (!joined) return null
    const { cid, uid, custom } = joined
    return { type: 'joined', cid, uid, told: decodeRoomWord(custom), at: Date.now() }
  } catch (error) {
    return { type: 'room-failed', reason: reasonOfEntry(error), at: Date.now() }
  }
}

async function joinChannel(
  netcall: Netcall,
  effect: Enter,
  settings: RecordingSettings,
  isCurrent: () => boolean,
): Promise<JoinedChannel | null> {
  const { room: channelName, mode, make } = effect
  const role = effect.role === 'host' ? ROLE.ROLE_HOST : ROLE.ROLE_AUDIENCE
  const params = { channelName, mode, role, ...recordingParams(settings) }
  try {
    return await netcall.joinChannel(params)
  } catch (error) {
    if (make !== 'if-missing' || !isCode(error, CODE.roomGone)) throw error
  }
  if (isCurrent()) await makeRoom(netcall, effect)
  return isCurrent() ? netcall.joinChannel(params) : null
}

/** Another member may have created the room first. */
async function makeRoom(netcall: Netcall, { room, title, kind }: Enter): Promise<void> {
  try {
    await netcall.createChannel({ channelName: room, custom: encodeRoomWord({ title, kind }) })
  } catch (error) {
    if (!isCode(error, CODE.conflict)) throw error
  }
}

function isCode(error: unknown, code: number): boolean {
  return error instanceof NetcallError && error.code === code
}
