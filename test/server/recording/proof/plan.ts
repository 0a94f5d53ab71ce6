/** A call as a short plan of timed events, and each member's input. Times in seconds from the call's beginning. */
import type { RecordType } from '../../../../miniprogram/netcall/constants'
import type { RecordingRequest } from '../../../../server/recording/types'
import { FLASH, KEY_INTERVAL, type Shape } from './members'
import type { Publisher } from './publishers'

export type Act =
  | 'joins'
  /** A member of an audio call: no video yet. */
  | 'joins by voice'
  | 'leaves'
  /** Its stream ends without a leave. */
  | 'is lost'
  | 'returns'
  /** Sends no audio. */
  | 'mutes'
  | 'unmutes'
  /** Sends a black picture twice a second, like phones. */
  | 'camera off'
  | 'camera on'
  /** Sends no video. */
  | 'to voice'
  | 'to picture'
  | 'turns the phone'
  | 'in stereo'
export type PlanEvent = readonly [at: number, uid: number, act: Act]

export interface Plan {
  name: string
  /** Requests from member 1 on: one for each, or one for all. */
  asks: readonly Partial<RecordingRequest>[]
  events: readonly PlanEvent[]
  ends: number
  /** Faults of the members' publishers. */
  publishers?: Readonly<Record<number, Publisher>>
  /** Allowed distance of a member's audio and video, seconds, if above the usual. */
  apart?: number
  /** Allowed distance of a beep from its time in the rest of its file, seconds, if below the usual. */
  even?: number
  /** Interval of key frames, seconds, if not the usual. */
  keyInterval?: number
  /** Part of every `npm test`; the others run with `PLANS=all`. */
  usual?: true
}

/** A range of a member without changes. */
export interface Stretch {
  from: number
  to: number
  /** When its publication began. */
  published: number
  sound: boolean
  picture: 'camera' | 'dark' | 'none'
  shape: Shape
  channels: 1 | 2
}

const FIRST: Pick<Stretch, 'sound' | 'picture' | 'shape' | 'channels'> = {
  sound: true,
  picture: 'camera',
  shape: 'wide',
  channels: 1,
}
const CHANGES: Partial<Record<Act, Partial<typeof FIRST>>> = {
  'joins by voice': { picture: 'none' },
  mutes: { sound: false },
  unmutes: { sound: true },
  'camera off': { picture: 'dark' },
  'camera on': { picture: 'camera' },
  'to voice': { picture: 'none' },
  'to picture': { picture: 'camera' },
  'in stereo': { channels: 2 },
}
export const isBeginning = (act: Act): boolean => act === 'joins' || act === 'joins by voice' || act === 'returns'
export const isEnd = (act: Act): boolean => act === 'leaves' || act === 'is lost'

export const memberCount = ({ events }: Plan): number => new Set(events.map(([, uid]) => uid)).size
export const eventsOf = ({ events }: Plan, uid: number): PlanEvent[] => events.filter(([, one]) => one === uid)

export function requestOf({ asks }: Plan, uid: number): RecordingRequest {
  const ask = asks.length === 1 ? asks[0] : asks[uid - 1]
  const type: RecordType = '0'
  return { audio: true, video: true, live: false, type, hostSpeaker: false, ...ask }
}

/** While a member publishes, in order. Throws for a plan that cannot be measured. */
export function stretchesOf(plan: Plan, uid: number): Stretch[] {
  const stretches: Stretch[] = []
  let [state, published, from] = [FIRST, -1, 0]
  const close = (to: number): void => {
    if (published >= 0 && to > from) stretches.push({ from, to, published, ...state })
    from = to
  }
  for (const [at, , act] of eventsOf(plan, uid)) {
    close(at)
    if (isBeginning(act)) published = at
    if (published >= 0) check(plan, at - published, act)
    if (isEnd(act)) published = -1
    else if (act === 'turns the phone') state = { ...state, shape: state.shape === 'wide' ? 'tall' : 'wide' }
    else state = { ...state, ...CHANGES[act] }
  }
  close(plan.ends)
  return stretches
}

/** Pictures change at key frames, and nothing changes within a flash or a beep. */
function check({ name }: Plan, second: number, act: Act): void {
  const phase = Number(second.toFixed(3)) % 1
  const early = phase > 0 && phase < FLASH + 0.2
  const between = phase % KEY_INTERVAL > 0
  const moves = act.startsWith('camera') || act.startsWith('to ') || act.startsWith('turns')
  if (early || phase > 0.8 || (moves && between)) throw new Error(`${name}: a bad moment: ${act} at second ${second}.`)
}

/** When its flashes or beeps begin. */
export function signalsOf(stretches: readonly Stretch[], isOn: (stretch: Stretch) => boolean): number[] {
  return stretches.filter(isOn).flatMap(({ from, to, published }) => {
    const first = Math.ceil(from - published - 0.001)
    const count = Math.max(0, Math.ceil(to - published - 0.001) - first)
    return Array.from({ length: count }, (_, second) => published + first + second)
  })
}
