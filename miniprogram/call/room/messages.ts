/**
 * Custom messages between apps around a group call: the contract creates and joins channels, and leaves inviting to the apps. Source: the
 * contract's "Group calls".
 */
import type { CallKind } from '../state'
import type { Account } from '../../netcall/types'
import { member, parseJson } from '../../json'

export type RoomMessage =
  /** An invitation. `members`: all invited accounts and members, the sender included. */
  | { type: 'room-invite'; room: string; title: string; kind: CallKind; members: Account[] }
  /** The inviter cancelled. */
  | { type: 'room-cancel'; room: string }
  /** An invited account's rejection; joining needs no message. */
  | { type: 'room-answer'; room: string; answer: 'declined' | 'busy' }
  /** The sender speaks: members that do not play its stream may want to. Sent in rooms with more streams than a phone can play. */
  | { type: 'room-speaks'; room: string }
  /** To the account's other devices: one of them answered. */
  | { type: 'room-answered'; room: string }

/** The room's properties for later members: the channel's `custom`. */
export interface RoomWord {
  title: string
  kind: CallKind
}

/** Above the size of any room; longer lists are invalid. */
const MOST_MEMBERS = 100

export function encodeRoomWord({ title, kind }: RoomWord): string {
  return JSON.stringify({ title, kind })
}
/** Null if it was not made by this app. */
export function decodeRoomWord(custom: string | undefined): RoomWord | null {
  return wordOf(parseJson(custom))
}

export function encodeRoomMessage(message: RoomMessage): string {
  return JSON.stringify(message)
}

/** Null for other and invalid messages. */
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
