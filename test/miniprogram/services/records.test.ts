/** @jest-environment node */
import type { ApiCall, ApiFile } from '../../../miniprogram/netcall/http-api'
import { Records, RecordsError } from '../../../miniprogram/services/records'

const WHO = { service: 'http://host:8360', account: 'alice', token: 'secret' }
const whole = (written: number) => ({ received: written, written, dropped: {}, repaired: {} })
const CALL: ApiCall = {
  cid: 9,
  scene: 0,
  type: 2,
  name: null,
  caller: 'alice',
  members: [
    { account: 'alice', uid: 1, joinedAt: 10, leftAt: 20 },
    { account: 'bob', uid: 2, joinedAt: 10, leftAt: 20 },
  ],
  createdAt: 5,
  answeredAt: 10,
  endedAt: 20,
  endReason: 'hangup',
  duration: 10,
  recording: {
    state: 'done',
    notes: [{ code: 'mix-unavailable', message: 'no mix' }],
    frames: [
      { uid: 1, account: 'alice', audio: whole(9), video: whole(4) },
      { uid: 2, account: 'bob', audio: whole(9), video: { ...whole(4), received: 7, dropped: { 'no-key-frame': 3 } } },
    ],
    progress: null,
  },
  files: [
    {
      cid: 9,
      uid: 2,
      account: 'bob',
      kind: 'mp4',
      filename: '0-9-10-2.mp4',
      size: 100,
      duration: 10,
      md5: 'x',
      mix: false,
      url: '/recordings/9/0-9-10-2.mp4?sign=s',
    },
  ],
  callbacks: [
    { id: '7-5', eventType: '5', state: 'sent', attempts: 1, lastError: null, nextAttemptAt: null, sentAt: 9 },
    { id: '7-6', eventType: '6', state: 'sent', attempts: 1, lastError: null, nextAttemptAt: null, sentAt: 9 },
  ],
}

function answering(statusCode: number, data: unknown) {
  const request = jest.fn(({ success }: { success: (result: object) => void }) => success({ statusCode, data }))
  Object.assign(globalThis, { wx: { request } })
  return request
}

test("a call is converted to this account's view, with absolute URLs", async () => {
  const request = answering(200, {
    calls: [
      CALL,
      { ...CALL, caller: 'bob', type: 1, endedAt: null, callbacks: [] },
      { ...CALL, scene: 1, name: 'team' },
      { ...CALL, scene: 1, name: `alice-${CALL.createdAt.toString(36)}` },
    ],
  })
  const [first, second, third, fourth] = await new Records(() => WHO).list()
  expect(request.mock.calls[0]?.[0]).toMatchObject({
    url: 'http://host:8360/api/calls',
    header: { authorization: 'Bearer secret' },
  })
  expect(first).toMatchObject({
    missing: [{ account: 'bob', pictures: 3, sounds: 0 }],
    kind: 'video',
    direction: 'outgoing',
    peer: 'bob',
    room: null,
    live: false,
    callback: 'sent',
    files: [{ account: 'bob', url: 'http://host:8360/recordings/9/0-9-10-2.mp4?sign=s' }],
  })
  expect(second).toMatchObject({ kind: 'audio', direction: 'incoming', peer: 'bob', live: true, callback: 'none' })
  expect(third).toMatchObject({ peer: 'team', room: { name: 'team', members: 2 } })
  // The name of a group call's room is unknown to its members.
  expect(fourth).toMatchObject({ peer: 'alice, bob', room: { name: null, members: 2 } })
})

test.each([
  [['sent', 'waiting'], 'waiting'],
  [['failed', 'waiting'], 'failed'],
] as const)('callbacks %p are %s together', async (states, callback) => {
  answering(200, {
    calls: [{ ...CALL, callbacks: states.map((state) => ({ eventType: '5', state, attempts: 1, lastError: null })) }],
  })
  await expect(new Records(() => WHO).list()).resolves.toMatchObject([{ callback }])
})

test('refusals, timeouts and invalid answers are typed errors', async () => {
  const records = new Records(() => WHO)
  answering(401, { error: { message: 'the token has expired' } })
  await expect(records.list()).rejects.toMatchObject({ reason: 'refused', message: 'the token has expired' })
  answering(200, 'hello')
  await expect(records.list()).rejects.toBeInstanceOf(RecordsError)
  Object.assign(globalThis, {
    wx: { request: ({ fail }: { fail: (result: object) => void }) => fail({ errMsg: 'request:fail' }) },
  })
  await expect(records.resend(9)).rejects.toMatchObject({ reason: 'unreachable' })
  await expect(records.remove(9)).rejects.toMatchObject({ reason: 'unreachable' })
  await expect(new Records(() => null).list()).rejects.toMatchObject({ reason: 'refused' })
})

test('deleting succeeds, also for an unknown call', async () => {
  const request = answering(200, { cid: 9 })
  await new Records(() => WHO).remove(9)
  expect(request.mock.calls).toMatchObject([
    [{ method: 'DELETE', url: 'http://host:8360/api/calls/9', header: { authorization: 'Bearer secret' } }],
  ])
  answering(404, { error: { message: 'There is no call 9 of yours' } })
  await new Records(() => WHO).remove(9)
})
test.each([
  [409, 'under-way'],
  [401, 'refused'],
  [500, 'refused'],
])('a deletion answered with %d is %s', async (status, reason) => {
  answering(status, { error: { message: 'no' } })
  await expect(new Records(() => WHO).remove(9)).rejects.toMatchObject({ reason, message: 'no' })
})

describe('files', () => {
  const [FILE] = CALL.files
  async function listed(...files: Array<Partial<ApiFile>>): Promise<string[]> {
    answering(200, { calls: [{ ...CALL, files: files.map((file) => ({ ...FILE, ...file })) }] })
    const [call] = await new Records(() => WHO).list()
    return call?.files.map(({ account, kind, mix, part }) => `${mix ? 'all' : account} ${kind} ${part}`) ?? []
  }

  test("the composite comes first, then each member's files: audio, video, live recording", async () => {
    expect(
      await listed(
        { account: 'bob', kind: 'flv', filename: '0-9-10-2.flv' },
        { account: 'bob', kind: 'mp4', filename: '0-9-10-2.mp4' },
        { account: 'alice', kind: 'aac', filename: '0-9-9-1.aac' },
        { account: 'bob', kind: 'aac', filename: '0-9-10-2.aac' },
        { account: 'bob', kind: 'mp4', filename: '0-9-9-0-mix.mp4', mix: true },
      ),
    ).toEqual(['all mp4 0', 'alice aac 0', 'bob aac 0', 'bob mp4 0', 'bob flv 0'])
  })

  test('pieces are sorted by number, not by name', async () => {
    const names = ['0-9-10-2-1.mp4', '0-9-10-2-10.mp4', '0-9-10-2-2.mp4', '0-9-10-2.mp4']
    answering(200, { calls: [{ ...CALL, files: names.map((filename) => ({ ...FILE, filename })) }] })
    const [call] = await new Records(() => WHO).list()
    expect(call?.files.map(({ filename, part }) => `${part}: ${filename}`)).toEqual([
      '1: 0-9-10-2.mp4',
      '2: 0-9-10-2-1.mp4',
      '3: 0-9-10-2-2.mp4',
      '4: 0-9-10-2-10.mp4',
    ])
  })
})
