/** The records page with a service that returns calls, or does not answer, and a phone with its own history. */
import type { PastCall } from '../../miniprogram/services/history'
import type { CallRecord } from '../../miniprogram/services/records'
import { fakeApp, mountPage, store, type FakeApp, type Mounted } from './simulate'

/** Time of these tests, ms. */
export const NOW = new Date(2026, 10, 22, 15, 0).getTime()
/** A call with bob at 14:05 with three files. */
export const DONE: CallRecord = {
  cid: 7,
  kind: 'video',
  direction: 'outgoing',
  peer: 'bob',
  room: null,
  startedAt: new Date(2026, 10, 22, 14, 5).getTime(),
  duration: 12_000,
  endReason: 'hangup',
  live: false,
  recording: 'done',
  progress: null,
  notes: [],
  missing: [],
  files: [
    file('alice', 'aac', 'http://127.0.0.1:8360/recordings/7/a.aac?expires=1'),
    file('alice', 'mp4', 'http://127.0.0.1:8360/recordings/7/a.mp4?expires=1'),
    file('bob', 'aac', 'http://127.0.0.1:8360/recordings/7/b.aac?expires=1'),
  ],
  callback: 'sent',
  callbacks: [],
}
/** The same without a recording. */
export const BARE: CallRecord = { ...DONE, recording: 'none', files: [], callback: 'none' }
/** The same call in this phone's history. */
export const PAST = {
  cid: 7,
  kind: 'video',
  direction: 'outgoing',
  peer: 'bob',
  startedAt: DONE.startedAt - 30,
  duration: 12_000,
  reason: 'hung-up',
} as const satisfies PastCall

function file(account: string, kind: 'aac' | 'mp4', url: string): CallRecord['files'][number] {
  return { account, kind, filename: `${account}.${kind}`, mix: false, part: 0, size: 125_400, duration: 12_000, url }
}
/** A page with the service's answer. */
export async function openRecords(
  records: CallRecord[],
  language: 'en' | 'zh' = 'en',
): Promise<{ app: FakeApp; page: Mounted }> {
  const app = fakeApp({ records, settings: { language } })
  return { app, page: await mountPage('pages/records/records', { app }) }
}
/** A phone with a history, at a service that does not answer (yet). */
export async function rememberedRecords(
  history: readonly object[],
  answer: Promise<CallRecord[]>,
): Promise<{ app: FakeApp; page: Mounted }> {
  store('netcall:history:alice@http://127.0.0.1:8360', history)
  const app = fakeApp({ settings: { language: 'en' } })
  app.session.records.list.mockReturnValue(answer)
  return { app, page: await mountPage('pages/records/records', { app }) }
}
/** A page whose first call is opened. */
export async function openedRecords(...records: CallRecord[]): Promise<{ app: FakeApp; page: Mounted }> {
  const result = await openRecords(records)
  await result.page.tap('.head')
  return result
}
