/** @jest-environment node */
/** Calls on the records page, merged from the phone's history and the service's records. */
import { mergeCalls, type Call } from '../../../miniprogram/pages/records/merge'
import type { PastCall } from '../../../miniprogram/services/history'
import type { CallRecord } from '../../../miniprogram/services/records'

const AT = 1_000_000_000
const PAST: PastCall = {
  peer: 'bob',
  kind: 'video',
  direction: 'outgoing',
  startedAt: AT,
  duration: 12_000,
  reason: 'hung-up',
  cid: 7,
}
/** The service assigned no number to the outgoing call. */
const NUMBERLESS: PastCall = { ...PAST, duration: 0, reason: 'peer-offline', cid: null }
const RECORD: CallRecord = {
  cid: 7,
  kind: 'video',
  direction: 'outgoing',
  peer: 'bob',
  room: null,
  startedAt: AT + 40,
  duration: 11_900,
  endReason: 'hangup',
  live: false,
  recording: 'none',
  progress: null,
  notes: [],
  missing: [],
  files: [],
  callback: 'none',
  callbacks: [],
}
const OFFLINE: CallRecord = { ...RECORD, cid: 8, duration: 0, endReason: 'offline' }

/** Each call in short: its id, its end, and the number of its record. */
function brief(calls: Call[]): string[] {
  return calls.map(({ id, outcome, record }) => `${id} ${outcome ?? 'live'} ${record?.cid ?? '-'}`)
}

test.each<[string, PastCall[], CallRecord[], string[]]>([
  ['nothing', [], [], []],
  ['only the phone knows it', [PAST], [], ['7 hung-up -']],
  ['only the service knows it', [], [RECORD], ['7 ended 7']],
  ['both know its number', [PAST], [RECORD], ['7 hung-up 7']],
  ['the number decides, whatever else differs', [PAST], [{ ...RECORD, kind: 'audio', startedAt: 5 }], ['7 hung-up 7']],
  ['two numbers are two calls', [PAST], [{ ...RECORD, cid: 6 }], ['6 ended 6', '7 hung-up -']],
  ['a call under way on another device', [], [{ ...RECORD, live: true, endReason: null }], ['7 live 7']],
  [
    'answered on another device, which still talks',
    [{ ...PAST, direction: 'incoming', reason: 'answered-elsewhere' }],
    [{ ...RECORD, direction: 'incoming', live: true }],
    ['7 answered-elsewhere 7'],
  ],
  [
    'refused because I was busy',
    [{ ...PAST, direction: 'incoming', duration: 0, reason: 'i-was-busy' }],
    [{ ...RECORD, direction: 'incoming', duration: 0, endReason: 'busy' }],
    ['7 i-was-busy 7'],
  ],
  ['an offline callee, whose call the service wrote down', [NUMBERLESS], [OFFLINE], [`at-${AT} peer-offline 8`]],
  ['an offline callee that the service never heard of', [NUMBERLESS], [], [`at-${AT} peer-offline -`]],
  [
    'cancelled before the service gave it a number',
    [{ ...NUMBERLESS, reason: 'cancelled' }],
    [{ ...OFFLINE, endReason: 'cancelled' }],
    [`at-${AT} cancelled 8`],
  ],
  ['within ten seconds', [NUMBERLESS], [{ ...OFFLINE, startedAt: AT - 10_000 }], [`at-${AT} peer-offline 8`]],
  [
    'later than that it is another call',
    [NUMBERLESS],
    [{ ...OFFLINE, startedAt: AT + 10_001 }],
    ['8 peer-offline 8', `at-${AT} peer-offline -`],
  ],
  ['to another account', [NUMBERLESS], [{ ...OFFLINE, peer: 'eve' }], ['8 peer-offline 8', `at-${AT} peer-offline -`]],
  ['of another kind', [NUMBERLESS], [{ ...OFFLINE, kind: 'audio' }], ['8 peer-offline 8', `at-${AT} peer-offline -`]],
  [
    'of the other direction',
    [NUMBERLESS],
    [{ ...OFFLINE, direction: 'incoming' }],
    ['8 i-was-offline 8', `at-${AT} peer-offline -`],
  ],
  [
    'a room of that name',
    [NUMBERLESS],
    [{ ...OFFLINE, room: { name: 'bob', members: 2 } }],
    ['8 peer-offline 8', `at-${AT} peer-offline -`],
  ],
  [
    'a record that another call has the number of is not taken again',
    [{ ...PAST, startedAt: AT + 1_000 }, NUMBERLESS],
    [RECORD],
    ['7 hung-up 7', `at-${AT} peer-offline -`],
  ],
  [
    'tried three times within seconds, the last time without a network: each its nearest',
    [
      { ...NUMBERLESS, startedAt: AT + 8_000, reason: 'service-unreachable' },
      { ...NUMBERLESS, startedAt: AT + 4_000 },
      NUMBERLESS,
    ],
    [
      { ...OFFLINE, cid: 9, startedAt: AT + 4_050 },
      { ...OFFLINE, cid: 8, startedAt: AT + 50 },
    ],
    [`at-${AT + 8_000} service-unreachable -`, `at-${AT + 4_000} peer-offline 9`, `at-${AT} peer-offline 8`],
  ],
  [
    'newest first, from either source',
    [
      { ...PAST, startedAt: AT + 2_000 },
      { ...PAST, cid: 5 },
    ],
    [
      { ...RECORD, cid: 6, startedAt: AT + 1_000 },
      { ...RECORD, cid: 4, startedAt: AT - 1_000 },
    ],
    ['7 hung-up -', '6 ended 6', '5 hung-up -', '4 ended 4'],
  ],
  [
    'calls that crossed: the one that was given up is nobody’s',
    [{ ...PAST, direction: 'incoming' }],
    [
      { ...RECORD, direction: 'incoming' },
      { ...RECORD, cid: 6, endReason: 'cancelled', duration: 0, startedAt: AT - 200 },
    ],
    ['7 hung-up 7'],
  ],
  [
    'the same, told by the service alone',
    [],
    [RECORD, { ...RECORD, cid: 6, direction: 'incoming', endReason: 'cancelled', duration: 0 }],
    ['7 ended 7'],
  ],
  [
    'called back at once after a call that I missed',
    [
      { ...PAST, startedAt: AT + 2_000 },
      { ...PAST, cid: 6, direction: 'incoming', reason: 'peer-cancelled' },
    ],
    [
      { ...RECORD, startedAt: AT + 2_000 },
      { ...RECORD, cid: 6, direction: 'incoming', endReason: 'cancelled' },
    ],
    ['7 hung-up 7', '6 peer-cancelled 6'],
  ],
  [
    'two who give up in turn',
    [],
    [
      { ...RECORD, endReason: 'cancelled', startedAt: AT + 1_000 },
      { ...RECORD, cid: 6, direction: 'incoming', endReason: 'cancelled' },
    ],
    ['7 cancelled 7', '6 peer-cancelled 6'],
  ],
])('%s', (_, history, records, calls) => {
  expect(brief(mergeCalls(history, records))).toEqual(calls)
})

test("the phone's data take precedence over the service's, except for what it did not see", () => {
  const [own] = mergeCalls([PAST], [{ ...RECORD, kind: 'audio' }])
  expect(own).toMatchObject({ kind: 'video', startedAt: AT, duration: 12_000, room: null })
  const elsewhere: PastCall = { ...PAST, direction: 'incoming', duration: 0, reason: 'answered-elsewhere' }
  expect(mergeCalls([elsewhere], [RECORD])).toMatchObject([{ duration: 11_900, outcome: 'answered-elsewhere' }])
})

test('a room matches its record only by number', () => {
  const past: PastCall = { ...PAST, peer: 'standup', reason: 'left', room: { name: 'standup', members: 3 } }
  const record: CallRecord = {
    ...RECORD,
    peer: 'standup',
    direction: 'incoming',
    room: { name: 'standup', members: 5 },
  }
  expect(mergeCalls([past], [record])).toMatchObject([{ id: '7', outcome: 'left', room: { members: 3 }, record }])
  const missed: PastCall = { ...past, cid: null, reason: 'missed', duration: 0, room: { name: null, members: 0 } }
  expect(mergeCalls([missed], [{ ...RECORD, peer: 'standup' }])).toHaveLength(2)
})

test.each<[string | null, string, string]>([
  ['cancelled', 'cancelled', 'peer-cancelled'],
  ['rejected', 'peer-rejected', 'rejected'],
  ['busy', 'peer-busy', 'i-was-busy'],
  ['no-answer', 'no-answer', 'missed'],
  ['offline', 'peer-offline', 'i-was-offline'],
  ['lost', 'connection-lost', 'connection-lost'],
  ['room-closed', 'room-closed', 'room-closed'],
  ['service-stopped', 'service-stopped', 'service-stopped'],
  ['hangup', 'ended', 'ended'],
  ['something-new', 'ended', 'ended'],
  [null, 'ended', 'ended'],
])("the service's %s is %s for the caller and %s for the callee", (endReason, caller, callee) => {
  const outcome = (direction: CallRecord['direction']) =>
    mergeCalls([], [{ ...RECORD, direction, endReason }])[0]?.outcome
  expect([outcome('outgoing'), outcome('incoming')]).toEqual([caller, callee])
})
