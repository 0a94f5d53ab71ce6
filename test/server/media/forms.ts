/** Streams whose encoder changes the form of its audio or video. */
import { tagsOf } from '../recording/tags'
import { withSetsInBand } from './payload-models'

export const fixture = (name: 'talk' | 'turned') =>
  tagsOf(name).flatMap((tag) => (tag.type === 18 ? [] : [{ ...tag, type: tag.type }]))
type Tag = ReturnType<typeof fixture>[number]

/** Length of the first fixture, and of the part of the other one that is used, ms. */
export const ROUND = 4_133
const PART = 2_000

const [talk, turned] = [fixture('talk'), fixture('turned')]
const pictures = (tags: readonly Tag[]): Tag[] => tags.filter(({ type }) => type === 9)
const sounds = (tags: readonly Tag[]): Tag[] => tags.filter(({ type }) => type === 8)
const until = (tags: readonly Tag[], end: number): Tag[] => tags.filter(({ timestamp }) => timestamp < end)
const from = (tags: readonly Tag[], start: number): Tag[] =>
  tags.map((tag) => ({ ...tag, timestamp: tag.timestamp + start }))
const byTime = (tags: readonly Tag[]): Tag[] => tags.toSorted((one, other) => one.timestamp - other.timestamp)

/** Each can be repeated after its length, ms. */
export const FORMS: readonly (readonly [string, { tags: readonly Tag[]; length: number }])[] = [
  [
    'a size that changes in key frames alone',
    {
      tags: byTime([
        ...talk,
        ...from(until(sounds(talk), PART), ROUND),
        ...from(withSetsInBand(until(pictures(turned), PART)), ROUND),
      ]),
      length: ROUND + PART,
    },
  ],
  [
    'mono that becomes stereo between key frames, and back',
    {
      tags: byTime([...pictures(talk), ...until(sounds(talk), 1_500), ...from(until(sounds(turned), 2_600), 1_500)]),
      length: ROUND,
    },
  ],
  [
    'a form of the picture that changes each second',
    {
      tags: byTime([
        ...sounds(talk),
        ...[0, 1, 2, 3].flatMap((second) =>
          from(until(pictures(second % 2 === 0 ? talk : turned), 1_000), second * 1_000),
        ),
      ]),
      length: ROUND,
    },
  ],
]

/** Video with audio that no decoder can read: frames of arbitrary bytes, or cut in half. */
export const UNDECODABLE_SOUND: readonly (readonly [string, readonly Tag[]])[] = [
  ['frames of arbitrary bytes', talk.map((tag) => (tag.kind === 'audio' ? { ...tag, payload: scrambled(tag) } : tag))],
  [
    'half frames',
    talk.map((tag) =>
      tag.kind === 'audio' ? { ...tag, payload: tag.payload.subarray(0, tag.payload.length >> 1) } : tag,
    ),
  ],
]

/** The same size, after the two bytes of FLV's header. */
function scrambled({ payload, timestamp }: Tag): Buffer {
  const bytes = Buffer.from(payload)
  for (let at = 2; at < bytes.length; at++) bytes[at] = Math.imul(at * 0x9e37 + timestamp, 0x85ebca6b) >>> 24
  return bytes
}
