/**
 * The publishers of random calls compared with the capture times of their frames, without encoding and decoding: thousands of calls a
 * minute. `CALLS` sets the number of calls, `SEED` the first one. Member `uid` of a failing call is also in the call of that number in
 * `proof/random`.
 */
import { mediaTimes } from '../../../../server/recording/clock/media-times'
import { planSound } from '../../../../server/recording/clock/sound-plan'
import { Chance, SEED } from '../../../support/random'
import { isPicture, isSound, PAYLOAD_MODELS } from '../../media/payload-models'
import { memberOf } from '../proof/members'
import { stretchesOf, type Plan, type Stretch } from '../proof/plan'
import type { Leaving } from '../proof/publishers'
import { drawPlan } from '../proof/random-plan'

const CALLS = Number(process.env['CALLS'] ?? 100)
/** Network delay from a member to the service, and its variation, ms. */
const DELAY = 40
const JITTER = 20
/** Frame interval of a camera that is off, ms. */
const DARK = 500
/** Maximum distance of frames that can only be aligned by arrival, ms: 150, and the network's jitter. */
const PLACED = 150 + JITTER
/** Frames with a wrong timestamp may be off; publishers give at most this many. */
const MOST_OFF = 6

/** A frame with its capture time in its last bytes. */
function frame(type: 8 | 9, captured: number): Leaving {
  const at = Math.round(captured)
  const payload = Buffer.alloc(14)
  payload.set([type === 8 ? 0xaf : 0x17, 1])
  payload.writeUInt32BE(at, 10)
  return { type, timestamp: at, payload, at }
}
/** Capture time of a frame, ms from the publication's start. */
const capturedAt = ({ payload }: Leaving): number => payload.readUInt32BE(10)
/** Faults that change payloads, not times. */
const changesPayload = (publisher: string): boolean => PAYLOAD_MODELS.some(([name]) => publisher.startsWith(name))

/** A member's tags in a publication. */
function framesIn(stretches: readonly Stretch[], uid: number): Leaving[] {
  const { rate, sampleRate } = memberOf(uid)
  const add = (type: 8 | 9, interval: number, isOn: (stretch: Stretch) => boolean): Leaving[] =>
    stretches.filter(isOn).flatMap((stretch) => {
      const [from, to] = [stretch.from - stretch.published, stretch.to - stretch.published].map((at) => at * 1000)
      const first = Math.ceil((from ?? 0) / interval - 0.001)
      const count = Math.max(0, Math.ceil((to ?? 0) / interval - 0.001) - first)
      return Array.from({ length: count }, (_, at) => frame(type, (first + at) * interval))
    })
  return [
    ...add(8, 1_024_000 / sampleRate, ({ sound }) => sound),
    ...add(9, 1000 / rate, ({ picture }) => picture === 'camera'),
    ...add(9, DARK, ({ picture }) => picture === 'dark'),
  ].toSorted((one, other) => one.at - other.at)
}

/** A track's largest error, ms, and the number of wrong frames. */
interface Errors {
  worst: number
  frames: number
}

function errorsIn(times: Float64Array, truth: readonly number[]): Errors {
  const errors = truth.map((time, at) => Math.abs((times[at] ?? 0) - time))
  return { worst: Math.round(Math.max(0, ...errors)), frames: errors.filter((error) => error > PLACED).length }
}

function errorsOf(plan: Plan, uid: number, stretches: readonly Stretch[]): { sound: Errors; picture: Errors } {
  const publisher = plan.publishers?.[uid]
  if (!publisher) throw new Error('random calls have publishers')
  const frameLength = 1_024_000 / memberOf(uid).sampleRate
  const ends = Math.max(...stretches.map(({ to, published }) => to - published)) * 1000
  let came = 0
  const leaving = publisher(framesIn(stretches, uid))
  const sent = leaving.flatMap((one, index) => {
    came = Math.max(came, one.at + DELAY + JITTER * Math.sin(index))
    const stamp = (uid * 100_000 + Math.round(one.timestamp)) >>> 0
    return came >= ends ? [] : [{ ...one, stamp, came, index }]
  })
  const first = sent[0]?.came ?? 0
  const trackOf = (which: (tag: Leaving) => boolean) => {
    const frames = sent.filter(which)
    return {
      truth: frames.map((one) => capturedAt(one) + DELAY - first),
      times: {
        sent: frames.map(({ stamp }) => stamp),
        arrived: frames.map(({ came: at }) => Math.round(at - first)),
        order: frames.map(({ index }) => index),
      },
    }
  }
  const [audio, video] = [trackOf(isSound), trackOf(isPicture)]
  const times = mediaTimes(audio.times, video.times, frameLength)
  const zero = Math.min(0, times.audio[0] ?? 0, times.video[0] ?? 0)
  const { starts, lagAt } = planSound(
    times.audio.map((time) => time - zero),
    times.audio.map(() => frameLength),
  )
  return {
    sound: errorsIn(
      starts.map((time) => time + zero),
      audio.truth,
    ),
    picture: errorsIn(
      times.video.map((time) => time - lagAt(time - zero)),
      video.truth,
    ),
  }
}

test(`frames of ${CALLS} random calls are placed at their capture times`, () => {
  const wrong: string[] = []
  for (let seed = SEED; seed < SEED + CALLS; seed++) {
    const plan = drawPlan(new Chance(seed))
    const names = plan.name.split('; ')
    for (const uid of Object.keys(plan.publishers ?? {}).map(Number)) {
      if (changesPayload(names[uid - 1] ?? '')) continue
      const all = stretchesOf(plan, uid)
      for (const published of new Set(all.map((stretch) => stretch.published))) {
        const { sound, picture } = errorsOf(
          plan,
          uid,
          all.filter((stretch) => stretch.published === published),
        )
        if (sound.frames + picture.frames <= MOST_OFF) continue
        const acts = names.filter((name) => name.startsWith(`${uid} `)).join(', ')
        wrong.push(
          `${seed}, member ${uid}: ${names[uid - 1]}; ${acts}; from ${published}: sound ${sound.frames} ${sound.worst}, picture ${picture.frames} ${picture.worst}`,
        )
      }
    }
  }
  expect(wrong).toEqual([])
})
