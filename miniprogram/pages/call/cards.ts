/** The card above the controls: a question, a failure, or the actions after the end. */
import { wayAfter, type EndWay } from '../../call/one-to-one/ending'
import { isActive, type OneToOneState, type VideoRequest } from '../../call/state'
import type { Failure } from '../../components/media/failure'
import { fill, type Texts } from '../../texts/index'

type TextKey = keyof Texts<'call'>
export type CardAction =
  'open-settings' | 'dismiss' | 'agree' | 'decline' | 'withdraw' | 'redial' | 'keep-calling' | 'close'

export interface Way {
  action: CardAction
  label: TextKey
}
export interface Card {
  id: 'failure' | 'video-request' | 'ending' | ''
  text: string
  ways: readonly Way[]
}

const NO_WAYS: readonly Way[] = []
export const NO_CARD: Card = { id: '', text: '', ways: NO_WAYS }

const FAILURE_WAYS: Record<Failure['wayOut'], readonly Way[]> = {
  settings: [
    { action: 'open-settings', label: 'openSettings' },
    { action: 'dismiss', label: 'understood' },
  ],
  'system-settings': [
    { action: 'open-settings', label: 'openSettings' },
    { action: 'dismiss', label: 'understood' },
  ],
  none: [{ action: 'dismiss', label: 'understood' }],
}
const CLOSE: Way = { action: 'close', label: 'close' }
const END_WAYS: Record<EndWay, readonly Way[]> = {
  settings: [{ action: 'open-settings', label: 'openSettings' }, CLOSE],
  redial: [CLOSE, { action: 'redial', label: 'callAgain' }],
  'keep-calling': [CLOSE, { action: 'keep-calling', label: 'keepCalling' }],
  none: NO_WAYS,
}
const REQUESTS: Record<Exclude<VideoRequest, 'none'>, { text: TextKey; ways: readonly Way[] }> = {
  asking: { text: 'videoAsking', ways: [{ action: 'withdraw', label: 'cancel' }] },
  asked: {
    text: 'videoAsked',
    ways: [
      { action: 'decline', label: 'decline' },
      { action: 'agree', label: 'agree' },
    ],
  },
  declined: { text: 'videoDeclined', ways: NO_WAYS },
  unanswered: { text: 'videoUnanswered', ways: NO_WAYS },
}

/** The card to show: the peer's question takes precedence over local failures. */
export function cardOf(state: OneToOneState, failure: Failure | null, texts: Texts<'call'>): Card {
  if (state.phase === 'ended') {
    const ways = END_WAYS[wayAfter(state)]
    return ways === NO_WAYS ? NO_CARD : { id: 'ending', text: '', ways }
  }
  if (isActive(state) && state.videoRequest !== 'none') {
    const { text, ways } = REQUESTS[state.videoRequest]
    return { id: 'video-request', text: fill(texts[text], { name: state.peer }), ways }
  }
  return failure ? { id: 'failure', text: texts[failure.text], ways: FAILURE_WAYS[failure.wayOut] } : NO_CARD
}
