/** A participant's sources for a mix: files of its audio and video, and when it was in the call. */
import type { MemberLogEntry } from '../spool/member-log'
import type { PlacedPublication } from '../remux/publication'

/** Wall clock, ms. */
export interface Span {
  from: number
  to: number
}
/** A file with its start and end. */
export interface SoundPiece extends Span {
  path: string
  /** Duration in the file, ms: differs from the span if the publisher's clock drifted. */
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
  /** Whether it asked for the mix. Other participants are in it with whatever they record. */
  asked: boolean
  /** Its own files do not hold all of its sources. */
  mixOnly: boolean
  hostSpeaker: boolean
  /** When it was in the call: sorted, disjoint spans. */
  present: Span[]
  /** When its camera was on. */
  shown: Span[]
  sound: SoundPiece[]
  picture: PicturePiece[]
}

/** A stream that is absent for longer is removed from the picture: as long as the service waits for a lost member, ms. */
const HELD_PLACE = 45_000
/** The last picture is held for this long, ms. */
const HELD_PICTURE = 500
/** A first picture may be shown this early, ms. */
const LEAD = 250
/** Maximum difference between a stream's clock and the wall clock, ms. */
const SKEW = 1_000

/** When a participant was in the call: while it sent, and while its session was kept. */
export function presentSpans(
  placed: readonly Pick<PlacedPublication, 'start' | 'end'>[],
  origin: number,
  marks: readonly MemberLogEntry[],
): Span[] {
  const spans: Span[] = []
  for (const [at, { start, end }] of placed.entries()) {
    const following = placed[at + 1]
    // Its files begin with it, shortly before its first frame.
    const [from, to] = [origin + (at === 0 ? 0 : start), origin + end]
    const back = following ? origin + following.start : Infinity
    const left = marks.find((mark) => mark.presence === 'left' && mark.at >= to - SKEW && mark.at < back)
    const until = left ? Math.max(to, left.at) : following ? back : to
    addSpan(spans, { from, to: Math.min(until, to + HELD_PLACE) })
  }
  return spans
}

/** When its picture was visible: while frames came, its camera was on and video was requested. */
export function shownSpans(
  placed: readonly Pick<PlacedPublication, 'start' | 'end' | 'shown'>[],
  origin: number,
  marks: readonly MemberLogEntry[],
): Span[] {
  const spans: Span[] = []
  const runs = placed.flatMap(({ shown, start, end }) => shown.map((run) => ({ ...run, start, end })))
  for (const [at, { from, to, start, end }] of runs.entries()) {
    // Audio comes a few frames earlier: no reason to show a card.
    const since = from - start <= LEAD ? start : from
    const follows = runs[at + 1]?.from ?? Infinity
    // The picture is held until the next one, or until the audio ends as well if that is near.
    const until = follows <= to + HELD_PICTURE ? follows : Math.min(end, to + HELD_PICTURE)
    const run = { from: origin + since, to: origin + Math.max(to, until) }
    for (const span of without(run, coveredSpans(marks))) addSpan(spans, span)
  }
  return spans
}

/** When the camera was off, by the member log. */
function coveredSpans(marks: readonly MemberLogEntry[]): Span[] {
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

/** Appends a span that begins no earlier than the previous ones. */
function addSpan(spans: Span[], { from, to }: Span): void {
  const last = spans.at(-1)
  if (last && from <= last.to) last.to = Math.max(last.to, to)
  else spans.push({ from, to })
}
