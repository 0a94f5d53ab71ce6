/**
 * Performs a plan faster than real time: the media engine's streams and the recorder get every tag at its arrival time, on a clock that
 * stands still until the next one.
 */
import { DEFAULT_LIMITS } from '../../../../server/media/limits'
import { Streams, type Publishing } from '../../../../server/media/streams'
import type { MediaEvents } from '../../../../server/media/types'
import type { MemberState } from '../../../../server/recording/spool/member-log'
import type { FinishedRecording } from '../../../../server/recording/types'
import { isFrame } from '../../media/payload-models'
import { CID, Stage, START } from '../support'
import { memberOf } from './members'
import { eventsOf, isBeginning, isEnd, memberCount, requestOf, stretchesOf, type Act, type Plan } from './plan'
import type { Publisher } from './publishers'
import { sentIn } from './send'

/** Network delay from a member to the service, and its variation, ms. */
const DELAY = 40
const JITTER = 20
/** Maximum error of a phone's timestamps, ms. */
const TREMBLE = 3

interface Moment {
  /** ms of the call. */
  at: number
  happens: () => void
}

/** Number of frames that a member sent. */
export interface SentFrames {
  uid: number
  audio: number
  video: number
}

/** The files of the planned call, and their folder. */
export async function perform(plan: Plan): Promise<FinishedRecording & { stage: Stage; sent: SentFrames[] }> {
  const presences = new Map<number, MemberState>()
  const stage = new Stage({ memberStateOf: ({ uid }) => presences.get(uid) ?? 'left' })
  const notify = <Name extends keyof MediaEvents>(event: Name, ...args: MediaEvents[Name]): void =>
    void stage.media.emit<keyof MediaEvents>(event, ...args)
  const streams = new Streams(notify, DEFAULT_LIMITS, { info() {}, warn() {}, error() {} })
  const sent: SentFrames[] = []
  const moments = Array.from({ length: memberCount(plan) }, (_, index) =>
    momentsOf(plan, index + 1, { stage, streams, presences, sent }),
  )
  happenAll(
    stage,
    moments.flat().toSorted((a, b) => a.at - b.at),
  )
  return { ...(await stage.finish()), stage, sent }
}

function happenAll(stage: Stage, moments: readonly Moment[]): void {
  const clocks = [
    jest.spyOn(Date, 'now').mockImplementation(() => START + stage.now),
    jest.spyOn(performance, 'now').mockImplementation(() => stage.now),
  ]
  try {
    for (const { at, happens } of moments) {
      stage.now = at
      happens()
    }
  } finally {
    for (const clock of clocks) clock.mockRestore()
  }
}

interface Scenery {
  stage: Stage
  streams: Streams
  presences: Map<number, MemberState>
  sent: SentFrames[]
}

function momentsOf(plan: Plan, uid: number, { stage, streams, presences, sent }: Scenery): Moment[] {
  const member = memberOf(uid)
  const name = { cid: CID, uid }
  const request = requestOf(plan, uid)
  stage.subjects.set(uid, { cid: CID, uid, account: member.account, caller: uid === 1, request })
  const stretches = stretchesOf(plan, uid)
  const frames = { uid, audio: 0, video: 0 }
  sent.push(frames)
  let publishing: Publishing | null = null
  const publisher: Publisher = plan.publishers?.[uid] ?? ((tags) => [...tags])
  const happens = (at: number, act: Act): void => {
    const shown = stretches.find(({ from }) => from === at)?.picture
    if (act === 'leaves') presences.set(uid, 'left')
    else if (shown) presences.set(uid, shown === 'camera' ? 'picture' : 'sound')
    if (isEnd(act) || act === 'returns') publishing?.end('it ended')
    if (isBeginning(act)) publishing = streams.publish({ name, subject: String(uid) }, 'rtmp', () => undefined)
    stage.recording.noticed(name)
  }
  const moments: Moment[] = eventsOf(plan, uid).map(([at, , act]) => ({
    at: at * 1000,
    happens: () => happens(at, act),
  }))
  for (const published of new Set(stretches.map((stretch) => stretch.published))) {
    const tags = sentIn(
      stretches.filter((stretch) => stretch.published === published),
      uid,
      plan,
    )
    const ends = Math.max(...stretches.filter((one) => one.published === published).map(({ to }) => to)) * 1000
    const leaving = tags.flatMap(({ type, timestamp, payload }, index) =>
      type === 18 ? [] : [{ type, timestamp: timestamp + TREMBLE * Math.sin(index * index), payload, at: timestamp }],
    )
    let came = 0
    for (const [index, { type, timestamp, payload, at }] of publisher(leaving).entries()) {
      // Never out of order.
      came = Math.max(came, published * 1000 + at + DELAY + JITTER * Math.sin(index))
      // Phones count from when they were switched on, with slight jitter.
      const stamp = (uid * 100_000 + Math.round(timestamp)) >>> 0
      if (came >= ends) continue
      moments.push({ at: came, happens: () => publishing?.push(type, stamp, payload) })
      if (isFrame({ type, timestamp, payload })) frames[type === 8 ? 'audio' : 'video']++
    }
  }
  moments.push({ at: plan.ends * 1000, happens: () => publishing?.end('the call ended') })
  return moments
}
