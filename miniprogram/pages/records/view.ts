/** The view of the records page. Pure: calls, texts and the time in, template data out. */
import { clock } from '../../services/clock'
import type { CallRecord, Outcome } from '../../services/records'
import { fill, type Texts } from '../../texts/index'
import { fileView, type FileView } from './file-view'
import { day, timeOfDay } from './format'
import type { Call } from './merge'
import { canBeRemoved } from './removal'

type Words = Texts<'records'>

interface ViewOptions {
  /** The signed-in account. */
  account: string
  texts: { records: Words; outcomes: Texts<'outcomes'> }
  /** Whether files can be sent to chats. */
  shares: boolean
  /** Shown instead of files for calls without a record. */
  noRecord: string
  /** ms */
  now: number
}

interface Pill {
  tone: 'quiet' | 'busy' | 'good' | 'bad'
  label: string
}
export interface CallView {
  id: string
  /** Its number at the service. */
  cid: number | null
  peer: string
  direction: CallRecord['direction']
  /** Missed: not answered, and not by the user's decision. */
  missed: boolean
  time: string
  /** “Outgoing video · 00:12” */
  summary: string
  label: string
  /** Calling again: icon and label; null if not possible. */
  again: { icon: 'phone' | 'video'; label: string } | null
  recording: Pill | null
  /** Percent; null while no mixed file is being made. */
  mixed: number | null
  callback: Pill | null
  tries: string[]
  files: FileView[]
  /** The account that hung up. */
  ending: string
  /** Shown instead of files. */
  noFiles: string
  notes: string[]
  removable: boolean
}
export interface DayView {
  title: string
  calls: CallView[]
}

/** Shorter calls are shown without a duration, ms. */
const TALKED = 1_000
/** The user's own decisions: such calls are not missed. */
const DECIDED: ReadonlySet<Outcome> = new Set([
  'rejected',
  'rejected-elsewhere',
  'answered-elsewhere',
  'microphone-refused',
  'declined',
  'left',
])

/** @param calls newest first */
export function daysOf(calls: readonly Call[], options: ViewOptions): DayView[] {
  const days: DayView[] = []
  for (const call of calls) {
    const title = day(call.startedAt, options.now, options.texts.records)
    const last = days.at(-1)
    const view = callView(call, options)
    if (last?.title === title) last.calls.push(view)
    else days.push({ title, calls: [view] })
  }
  return days
}

/** Whether the record will still change. */
export function isUnsettled({ live, recording, callback }: CallRecord): boolean {
  return live || recording === 'live' || recording === 'finishing' || callback === 'waiting'
}

function callView(call: Call, options: ViewOptions): CallView {
  const { id, peer, direction, kind, outcome, room, record } = call
  const { account, shares, texts } = options
  const words = texts.records
  const missed = isMissed(call)
  const time = timeOfDay(call.startedAt)
  const what = words[`${missed ? 'missed' : room ? 'room' : direction}-${kind}`]
  const people = room && room.members > 0 ? [fill(words.people, { count: room.members })] : []
  const summary = [what, ...people, ...ending(call, texts)].join(' · ')
  const files = record?.files ?? []
  return {
    id,
    cid: record?.cid ?? null,
    peer,
    direction,
    missed,
    time,
    summary,
    label: fill(words.callWith, { name: peer, summary, time }),
    again: outcome === null ? null : again(call, words),
    recording: record && recordingPill(record, words),
    mixed: record && mixed(record),
    callback: record && callbackPill(record, words),
    tries: tries(record, words),
    files: files.map((file) => fileView(id, file, account, shares, words)),
    ending: outcome === 'hung-up' || outcome === 'peer-hung-up' ? texts.outcomes[outcome] : '',
    noFiles: files.length > 0 || !mayLeaveFiles(call) ? '' : noFiles(record, options),
    notes: [
      ...(files.some(({ kind }) => kind === 'flv') ? [words.flvNote] : []),
      ...(record?.notes.map(({ code, message }) => noteOf(code, words) ?? message) ?? []),
      ...(record?.missing.map(({ account: name, pictures, sounds }) =>
        fill(words.noteMissing, { name, pictures, sounds }),
      ) ?? []),
    ],
    removable: canBeRemoved(call),
  }
}

function isMissed({ direction, duration, outcome }: Call): boolean {
  return direction === 'incoming' && duration === 0 && outcome !== null && !DECIDED.has(outcome)
}

/** Duration and end as text; if somebody hung up, the duration is enough. */
function ending({ outcome, duration }: Call, texts: ViewOptions['texts']): string[] {
  if (outcome === null) return [texts.records.live]
  const length = duration < TALKED ? [] : [clock(duration)]
  if (outcome === 'missed' || (length.length > 0 && isOrdinary(outcome))) return length
  return [...length, texts.outcomes[outcome]]
}
function isOrdinary(outcome: Outcome): boolean {
  return outcome === 'hung-up' || outcome === 'peer-hung-up' || outcome === 'ended' || outcome === 'left'
}

function again({ kind, peer, room }: Call, words: Words): CallView['again'] {
  if (room) return room.name === null ? null : { icon: iconOf(kind), label: fill(words.againRoom, { name: peer }) }
  return { icon: iconOf(kind), label: fill(kind === 'video' ? words.againVideo : words.againAudio, { name: peer }) }
}
function iconOf(kind: Call['kind']): 'phone' | 'video' {
  return kind === 'video' ? 'video' : 'phone'
}

/** Calls without a conversation have no recording. */
function mayLeaveFiles({ duration, outcome, record }: Call): boolean {
  return outcome === null || duration > 0 || (record !== null && record.recording !== 'none')
}

function mixed({ recording, progress }: CallRecord): number | null {
  return recording === 'finishing' && progress !== null ? Math.floor(progress * 100) : null
}

function recordingPill(record: CallRecord, words: Words): Pill | null {
  const percent = mixed(record)
  const { recording } = record
  switch (recording) {
    case 'none':
      return null
    case 'live':
      return { tone: 'busy', label: words.pillLive }
    case 'finishing':
      if (percent === null) return { tone: 'busy', label: words.pillFinishing }
      return { tone: 'busy', label: fill(words.pillMixing, { percent }) }
    case 'done':
      return { tone: 'quiet', label: words.pillDone }
    case 'failed':
      return { tone: 'bad', label: words.pillFailed }
  }
}

function callbackPill({ callback }: CallRecord, words: Words): Pill | null {
  switch (callback) {
    case 'none':
      return null
    case 'waiting':
      return { tone: 'busy', label: words.callbackWaiting }
    case 'sent':
      return { tone: 'good', label: words.callbackSent }
    case 'failed':
      return { tone: 'bad', label: words.callbackFailed }
  }
}

/** Failed callbacks, a line each: “Recorded files · tried 3 × · HTTP 500”. */
function tries(record: CallRecord | null, words: Words): string[] {
  const vain = record?.callbacks.filter(({ state, attempts }) => state !== 'sent' && attempts > 0) ?? []
  return vain.map(({ eventType, attempts, lastError }) => {
    const told = [eventOf(eventType, words), fill(words.tried, { count: attempts })]
    return [...told, ...(lastError === null ? [] : [lastError])].join(' · ')
  })
}
function eventOf(eventType: string, words: Words): string {
  if (eventType === '20') return words.eventStarted
  if (eventType === '5') return words.eventDuration
  return eventType === '6' ? words.eventFiles : eventType
}

function noFiles(record: CallRecord | null, { texts, noRecord }: ViewOptions): string {
  if (!record) return noRecord
  const words = texts.records
  switch (record.recording) {
    case 'none':
      return words.noRecording
    case 'live':
      return words.recordingLive
    case 'finishing':
      return words.recordingFinishing
    case 'done':
      return words.recordingNothing
    case 'failed':
      return words.recordingFailed
  }
}

function noteOf(code: string, words: Words): string | null {
  if (code === 'mix-unavailable') return words.noteMix
  if (code === 'mix-failed') return words.noteMixFailed
  return code === 'unfinished' ? words.noteUnfinished : null
}
