/** The view of the room page around its grid. Plain values, so that only changes are set. */
import { isInRoom, isRecorded, type CallKind, type CallState, type Invitee, type RoomRole } from '../../call/state'
import type { Failure } from '../../components/media/failure'
import { wayAfterRoom, type RoomEndWay } from '../../call/room/ending'
import { fill, type Texts } from '../../texts/index'

interface RoomTexts {
  call: Texts<'call'>
  rooms: Texts<'rooms'>
  endings: Texts<'room-endings'>
}
export interface RoomView {
  phase: CallState['phase']
  room: string
  title: string
  kind: CallKind
  role: RoomRole
  /** Whether the user is in the room, or joining. */
  active: boolean
  /** Number of members; empty before joining. */
  count: string
  microphone: boolean
  camera: boolean
  speaker: boolean
  recorded: boolean
  invitees: readonly Invitee[]
  /** Reason of a delay in joining, or of the end. */
  words: string
  failureText: string
  /** Whether settings can fix the failure. */
  mendable: boolean
  /** The action offered after the end. */
  way: RoomEndWay
}

const NOBODY: readonly Invitee[] = []

export const BLANK: RoomView = {
  phase: 'idle',
  room: '',
  title: '',
  kind: 'audio',
  role: 'host',
  active: false,
  count: '',
  microphone: true,
  camera: false,
  speaker: false,
  recorded: false,
  invitees: NOBODY,
  words: '',
  failureText: '',
  mendable: false,
  way: 'none',
}

/** The view of a room; null if there is none to show (the page is about to close). */
export function roomView(state: CallState, role: RoomRole, failure: Failure | null, texts: RoomTexts): RoomView | null {
  if (state.type !== 'room' || state.phase === 'invited') return null
  const { phase, room, title, kind, inviter } = state
  const view = { ...BLANK, phase, room, title, kind, role }
  if (state.phase === 'ended') {
    const words = fill(texts.endings[state.reason], { name: inviter ?? '' })
    return { ...view, words, way: wayAfterRoom(state.reason) }
  }
  const { microphone, camera, speaker } = state.local
  return {
    ...view,
    role: state.role,
    active: true,
    count: isInRoom(state) ? fill(texts.rooms.count, { count: state.members.length + 1 }) : '',
    microphone,
    camera,
    speaker,
    recorded: isInRoom(state) && isRecorded(kind, [state.local, ...state.members]),
    invitees: state.invitees,
    words: phase === 'joining' ? texts.rooms.joining : phase === 'reconnecting' ? texts.call.reconnecting : '',
    failureText: failure ? texts.call[failure.text] : '',
    mendable: failure !== null && failure.wayOut !== 'none',
  }
}
