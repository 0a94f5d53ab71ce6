/** What a participant brings into a mix: clean files of its sound and picture, and when it was there. */
import type { PresenceMark } from '../presence'
import type { PlacedPublication } from '../publication'

/** Wall clock, ms. */
export interface Span {
  from: number
  to: number
}
/** A file, from where it begins to where it ends. */
export interface SoundPiece extends Span {
  path: string
  /** Of the file, ms: another one than that of the span where the publisher's clock drifted. */
  length: number
}
export interface PicturePiece extends SoundPiece {
  width: number
  height: number
}
export interface MixSource {
  uid: number
  account: string
  caller: boolean
  /** Wants the mix; who does not is in it all the same, with what it records. */
  asked: boolean
  /** Its own files do not hold all that it brings. */
  mixOnly: boolean
  hostSpeaker: boolean
  /** When it was in the call; in order, apart from each other. */
  present: Span[]
  /** When its camera was on. */
  shown: Span[]
  sound: SoundPiece[]
  picture: PicturePiece[]
}

/** Whose stream is gone for longer is out of the picture: as long as the service keeps a lost member's place, ms. */
const HELD_PLACE = 45_000
/** For so long the last picture stands in for one that is not there, ms. */
const HELD_PICTURE = 500
/** So early a first picture may be shown, ms. */
const LEAD = 250
/** A stream's clock and the wall clock may differ by so much, ms. */
const SKEW = 1_000

/** When a participant was in the call: while it sent, and while its place was held for it. */
export function presentSpans(
  placed: readonly Pick<PlacedPublication, 'start' | 'end'>[],
  origin: number,
  marks: readonly PresenceMark[],
): Span[] {
  const spans: Span[] = []
  for (const [at, { start, end }] of placed.entries()) {
    const following = placed[at + 1]
    // Its files begin where it did, a moment before its first frame.
    const [from, to] = [origin + (at === 0 ? 0 : start), origin + end]
    const back = following ? origin + following.start : Infinity
    const left = marks.find((mark) => mark.presence === 'left' && mark.at >= to - SKEW && mark.at < back)
    const until = left ? Math.max(to, left.at) : following ? back : to
    addSpan(spans, { from, to: Math.min(until, to + HELD_PLACE) })
  }
  return spans
}

/** When its picture was to be seen: while frames came, its camera was on and a picture was wanted. */
export function shownSpans(
  placed: readonly Pick<PlacedPublication, 'start' | 'end' | 'shown'>[],
  origin: number,
  marks: readonly PresenceMark[],
): Span[] {
  const spans: Span[] = []
  const runs = placed.flatMap(({ shown, start, end }) => shown.map((run) => ({ ...run, start, end })))
  for (const [at, { from, to, start, end }] of runs.entries()) {
    // Sound comes first, by a few frames: no reason to show a card.
    const since = from - start <= LEAD ? start : from
    const follows = runs[at + 1]?.from ?? Infinity
    // The picture stays until the next one comes, or the sound has ended as well, where that is near.
    const until = follows <= to + HELD_PICTURE ? follows : Math.min(end, to + HELD_PICTURE)
    const run = { from: origin + since, to: origin + Math.max(to, until) }
    for (const span of without(run, coveredSpans(marks))) addSpan(spans, span)
  }
  return spans
}

/** When the camera was off, by the member's own word. */
function coveredSpans(marks: readonly PresenceMark[]): Span[] {
  return marks.flatMap(({ at, presence }, index) =>
    presence === 'sound' ? [{ from: at, to: marks[index + 1]?.at ?? Infinity }] : [],
  )
}

function without(span: Span, holes: readonly Span[]): Span[] {
  let left = [span]
  for (const hole of holes) {
    left = left.flatMap(({ from, to }) => [
      { from, to: Math.min(to, Math.max(from, hole.from)) },
      { from: Math.max(from, Math.min(to, hole.to)), to },
    ])
  }
  return left.filter(({ from, to }) => to > from)
}

/** Appends a span that begins no earlier than the ones before. */
function addSpan(spans: Span[], { from, to }: Span): void {
  const last = spans.at(-1)
  if (last && from <= last.to) last.to = Math.max(last.to, to)
  else spans.push({ from, to })
}
