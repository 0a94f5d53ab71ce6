/** The calls as the records page shows them. Pure: records, words and the time in, what the template needs out. */
import { clock } from '../../services/clock'
import type { CallRecord, RecordedFile } from '../../services/records'
import { fill, type Texts } from '../../texts/index'
import { day, fileSize, timeOfDay } from './format'

type Words = Texts<'records'>

interface Pill {
  tone: 'quiet' | 'busy' | 'good' | 'bad'
  label: string
}
export interface FileView {
  /** Stays, while the signed address is another one each time. */
  id: string
  url: string
  kind: 'aac' | 'mp4'
  /** “My sound” */
  name: string
  /** `00:07` */
  length: string
  /** ms */
  duration: number
  /** “00:07 · .aac · 120 KB” */
  detail: string
}
export interface RecordView {
  cid: number
  peer: string
  direction: CallRecord['direction']
  /** Not answered by me. */
  missed: boolean
  time: string
  /** “Outgoing video · 00:12” */
  summary: string
  label: string
  recording: Pill | null
  callback: Pill | null
  files: FileView[]
  /** Said instead of files. */
  noFiles: string
  notes: string[]
}
export interface DayView {
  title: string
  calls: RecordView[]
}

/** @param records newest first @param account whose phone this is */
export function daysOf(records: readonly CallRecord[], account: string, words: Words, now: number): DayView[] {
  const days: DayView[] = []
  for (const record of records) {
    const title = day(record.startedAt, now, words)
    const last = days.at(-1)
    const call = recordView(record, account, words)
    if (last?.title === title) last.calls.push(call)
    else days.push({ title, calls: [call] })
  }
  return days
}

/** Whether a record will still change by itself. */
export function isUnsettled({ live, recording, callback }: CallRecord): boolean {
  return live || recording === 'live' || recording === 'finishing' || callback === 'waiting'
}

function recordView(record: CallRecord, account: string, words: Words): RecordView {
  const { cid, peer, direction, startedAt, live, duration, files } = record
  const summary = [words[`${direction}-${record.kind}`], ...outcome(record, words)].join(' · ')
  return {
    cid,
    peer,
    direction,
    missed: !live && duration === 0 && direction === 'incoming',
    time: timeOfDay(startedAt),
    summary,
    label: fill(words.openCall, { name: peer, summary }),
    recording: recordingPill(record, words),
    callback: callbackPill(record, words),
    files: files.map((file) => fileView(cid, file, account, words)),
    noFiles: files.length > 0 ? '' : noFiles(record, words),
    notes: record.notes.map(({ code, message }) => noteOf(code, words) ?? message),
  }
}

/** How long it was and how it ended, in words; of a call that somebody just hung up the length says enough. */
function outcome(record: CallRecord, words: Words): string[] {
  if (record.live) return [words.live]
  if (record.duration === 0) return [ending(record, words)]
  const length = clock(record.duration)
  return record.endReason === 'hangup' ? [length] : [length, ending(record, words)]
}

function ending({ endReason, direction }: CallRecord, words: Words): string {
  const outgoing = direction === 'outgoing'
  switch (endReason) {
    case 'hangup':
      return words.endHangup
    case 'cancelled':
      return outgoing ? words.endCancelledOutgoing : words.endCancelledIncoming
    case 'rejected':
      return outgoing ? words.endRejectedOutgoing : words.endRejectedIncoming
    case 'busy':
      return outgoing ? words.endBusyOutgoing : words.endBusyIncoming
    case 'no-answer':
      return outgoing ? words.endNoAnswerOutgoing : words.endNoAnswerIncoming
    case 'offline':
      return outgoing ? words.endOfflineOutgoing : words.endOfflineIncoming
    case 'lost':
      return words.endLost
    case 'room-closed':
      return words.endRoomClosed
    case 'service-stopped':
      return words.endServiceStopped
    default:
      return words.endOther
  }
}

function recordingPill({ recording }: CallRecord, words: Words): Pill | null {
  switch (recording) {
    case 'none':
      return null
    case 'live':
      return { tone: 'busy', label: words.pillLive }
    case 'finishing':
      return { tone: 'busy', label: words.pillFinishing }
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

function fileView(cid: number, file: RecordedFile, me: string, words: Words): FileView {
  const { account, kind, filename, url, duration, size } = file
  const what = kind === 'mp4' ? words.picture : words.sound
  const length = clock(duration)
  return {
    id: `${cid}/${filename}`,
    url,
    kind,
    name: account === me ? fill(words.mine, { what }) : fill(words.whose, { name: account, what }),
    length,
    duration,
    detail: `${length} · .${kind} · ${fileSize(size)}`,
  }
}

function noFiles({ recording }: CallRecord, words: Words): string {
  switch (recording) {
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
  if (code === 'live-recording-unavailable') return words.noteLive
  return code === 'unfinished' ? words.noteUnfinished : null
}
