/**
 * What calling apps tell each other around a group call, as custom messages: the contract creates and joins channels, and
 * leaves it to the apps to call people into them. Source: the contract's "Group calls".
 */
import type { CallKind } from '../call/state'
import type { Account } from '../netcall/types'
import { member, parseJson } from '../json'

export type RoomMessage =
  /** Come into this room. `members`: all who are called or in it, me included. */
  | { type: 'room-invite'; room: string; title: string; kind: CallKind; members: Account[] }
  /** The inviter no longer waits. */
  | { type: 'room-cancel'; room: string }
  /** An invited one's answer; who comes in says nothing, because it is seen. */
  | { type: 'room-answer'; room: string; answer: 'declined' | 'busy' }
  /** I speak: whoever does not play my stream may want to. Said in rooms that have more streams than a phone carries. */
  | { type: 'room-speaks'; room: string }
  /** To my own other devices: one of us has answered. */
  | { type: 'room-answered'; room: string }

/** What a room is, as whoever makes it tells those who come later: the channel's `custom`. */
export interface RoomWord {
  title: string
  kind: CallKind
}

/** As many as a room may ever hold, and then some; longer lists are no invitation. */
const MOST_MEMBERS = 100

export function encodeRoomWord({ title, kind }: RoomWord): string {
  return JSON.stringify({ title, kind })
}
/** Null where it was made by something else than this app. */
export function decodeRoomWord(custom: string | undefined): RoomWord | null {
  return wordOf(parseJson(custom))
}

export function encodeRoomMessage(message: RoomMessage): string {
  return JSON.stringify(message)
}

/** Null for a message that is about something else, or makes no sense. */
export function decodeRoomMessage(content: string): RoomMessage | null {
  const message = parseJson(content)
  const type = member(message, 'type')
  const room = member(message, 'room')
  if (typeof room !== 'string' || room === '') return null
  switch (type) {
    case 'room-invite':
      return inviteOf(message, room)
    case 'room-cancel':
    case 'room-answered':
    case 'room-speaks':
      return { type, room }
    case 'room-answer': {
      const answer = member(message, 'answer')
      return answer === 'declined' || answer === 'busy' ? { type, room, answer } : null
    }
    default:
      return null
  }
}

function inviteOf(message: unknown, room: string): RoomMessage | null {
  const word = wordOf(message)
  const members = member(message, 'members')
  if (!word || !Array.isArray(members) || members.length > MOST_MEMBERS) return null
  const accounts = members.filter((account): account is string => typeof account === 'string' && account !== '')
  return { type: 'room-invite', room, ...word, members: accounts }
}

function wordOf(value: unknown): RoomWord | null {
  const title = member(value, 'title')
  const kind = member(value, 'kind')
  return typeof title === 'string' && title !== '' && (kind === 'audio' || kind === 'video') ? { title, kind } : null
}
