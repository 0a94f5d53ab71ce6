/** The banner's view of the call. Plain values, so that only changes are set. */
import { mediaView, NO_OWN_MEDIA, ownMediaView, type OwnMediaView } from '../../call/media-view'
import {
  isActive,
  isInRoom,
  type BusyOneToOne,
  type CallKind,
  type CallState,
  type OneToOneState,
  type RoomState,
} from '../../call/state'
import { clock } from '../../services/clock'
import { fill, type Texts } from '../../texts/index'

interface BannerTexts {
  banner: Texts<'banner'>
  endings: Texts<'endings'>
  roomEndings: Texts<'room-endings'>
}
/** A member whose audio is played. */
export interface BannerPlayer {
  id: number
  src: string
  picture: boolean
  sound: boolean
}
export interface BannerView extends OwnMediaView {
  /** Empty if there is no call. */
  words: string
  /** Duration of the call; empty before it was answered. */
  elapsed: string
  /** Whether a tap opens a page. */
  open: boolean
  kind: CallKind
  /** Whether there are media. */
  active: boolean
  /** Whether the local side publishes. */
  sends: boolean
  players: readonly BannerPlayer[]
}

const NOBODY: readonly BannerPlayer[] = []
/** Number of streams that every phone can play besides publishing. */
const MOST_PLAYERS = 5

export const NO_CALL: BannerView = {
  ...NO_OWN_MEDIA,
  words: '',
  elapsed: '',
  open: false,
  kind: 'audio',
  active: false,
  sends: false,
  players: NOBODY,
}

export function bannerView(state: CallState, texts: BannerTexts, now: number): BannerView {
  switch (state.type) {
    case 'one-to-one':
      return callView(state, texts, now)
    case 'room':
      return roomView(state, texts, now)
    case undefined:
      return NO_CALL
  }
}

function callView(state: OneToOneState, texts: BannerTexts, now: number): BannerView {
  const { kind, peer: name } = state
  const call = { ...NO_CALL, kind }
  if (state.phase === 'ended') return { ...call, words: fill(texts.endings[state.reason], { name }) }
  const words = fill(texts.banner[sentence(state)], { name })
  if (!isActive(state)) return { ...call, words, open: true }
  const { playUrl, peerCamera, peerMicrophone, ...own } = mediaView(state)
  return {
    ...own,
    words,
    elapsed: state.phase === 'connecting' ? '' : clock(now - state.answeredAt),
    open: true,
    kind,
    active: true,
    sends: true,
    players: [{ id: 0, src: playUrl, picture: peerCamera, sound: peerMicrophone }],
  }
}

function roomView(state: RoomState, texts: BannerTexts, now: number): BannerView {
  const { kind, title, inviter } = state
  const room = { ...NO_CALL, kind, open: true }
  if (state.phase === 'ended') {
    return { ...room, open: false, words: fill(texts.roomEndings[state.reason], { name: inviter ?? '' }) }
  }
  if (state.phase === 'invited') return { ...room, words: fill(texts.banner.roomRings, { name: state.inviter }) }
  if (!isInRoom(state)) return { ...room, words: fill(texts.banner.roomJoining, { title }) }
  const { local, role, members, phase } = state
  const words = phase === 'in' ? texts.banner.room : texts.banner.roomReconnecting
  const heard = members.filter((member) => member.url !== null && member.microphone)
  return {
    ...room,
    ...ownMediaView(local),
    words: fill(words, { title, count: members.length + 1 }),
    elapsed: clock(now - state.joinedAt),
    active: true,
    sends: role === 'host',
    players: heard
      .slice(0, MOST_PLAYERS)
      .map(({ uid, url, away }) => ({ id: uid, src: url ?? '', picture: false, sound: !away })),
  }
}

function sentence(state: BusyOneToOne): keyof Texts<'banner'> {
  switch (state.phase) {
    case 'outgoing':
      return 'calling'
    case 'incoming':
      return 'rings'
    case 'reconnecting':
      return 'reconnecting'
    case 'connecting':
    case 'talking':
      return state.videoRequest === 'asked' ? 'asksForVideo' : 'talking'
  }
}
