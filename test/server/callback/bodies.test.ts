import { durationBody, filesBody, notConnectedBody, startedBody } from '../../../server/callback/bodies'
import type { Channel } from '../../../server/channels/types'
import type { RecordingFile, RecordingRequest } from '../../../server/recording/types'
import type { CallMemberRow, CallRow } from '../../../server/store/types'
import { readStrictly } from './strict-reader'

const request: RecordingRequest = { audio: true, video: true, live: false, type: '0', hostSpeaker: false }
const START = 1_763_830_000_000
const call: CallRow = {
  cid: 42,
  scene: 0,
  type: 2,
  name: null,
  caller: 'alice',
  custom: '',
  createdAt: START,
  answeredAt: START + 5_000,
  endedAt: START + 65_400,
  endReason: 'hangup',
  recording: 'finishing',
  notes: [],
  frames: [],
}
const members: CallMemberRow[] = [
  { cid: 42, account: 'alice', uid: 1, joinedAt: START + 6_000, leftAt: START + 65_400, absent: 0, request },
  { cid: 42, account: 'bob', uid: 2, joinedAt: START + 5_500, leftAt: START + 35_500, absent: 0, request: null },
  { cid: 42, account: 'carol', uid: 3, joinedAt: null, leftAt: null, absent: 0, request: null },
]

describe('the body of a callback', () => {
  it("has each member's time in the call, and their sum", () => {
    expect(readStrictly(durationBody(call, members))).toEqual({
      eventType: '5',
      channelId: '42',
      createtime: '1763830000000',
      duration: '89',
      live: '0',
      type: 'VEDIO',
      status: 'SUCCESS',
      members: [
        { accid: 'alice', duration: 59, caller: true, userType: 1 },
        { accid: 'bob', duration: 30, userType: 1 },
      ],
    })
  })

  it.each([
    ['lost', 'TIMEOUT'],
    ['service-stopped', 'UNKNOWN'],
    ['room-closed', 'SUCCESS'],
  ] as const)('says of a call that ended as %s: %s', (endReason, status) => {
    expect(readStrictly(durationBody({ ...call, endReason }, members))).toMatchObject({ status })
  })

  it('reports a call that only one side entered, with no duration', () => {
    const single = members.map((member) =>
      member.account === 'bob' ? { ...member, joinedAt: null, leftAt: null } : member,
    )
    expect(readStrictly(durationBody(call, single))).toMatchObject({
      status: 'SINGLE_PARTICIPATE',
      duration: '0',
      members: [{ accid: 'alice', duration: 0, caller: true, userType: 1 }],
    })
  })

  it('reports a call that never connected, and the reason', () => {
    const unanswered = { ...call, answeredAt: null, endReason: 'no-answer', custom: 'order 7' } as const
    expect(readStrictly(notConnectedBody(unanswered, members))).toEqual({
      eventType: 'not-connected',
      channelId: '42',
      createtime: '1763830000000',
      endtime: String(call.endedAt),
      type: 'VEDIO',
      fromAccount: 'alice',
      toAccountList: ['bob', 'carol'],
      reason: 'no-answer',
      ext: 'order 7',
    })
  })

  it("returns the app's custom data", () => {
    expect(JSON.parse(durationBody({ ...call, custom: '{"order":7}' }, members)).ext).toBe('{"order":7}')
  })

  it('reports a ringing call, and its callees', () => {
    const alice = { account: 'alice', uid: 1, caller: true, state: 'accepted' } as const
    const bob = { account: 'bob', uid: 2, caller: false, state: 'invited' } as const
    const more = { session: null, epoch: 1, device: null, ordered: null }
    const channel: Channel = {
      cid: 42,
      scene: 0,
      type: 2,
      name: null,
      caller: 'alice',
      custom: '',
      createdAt: 1,
      answeredAt: null,
      state: 'ringing',
      members: new Map([
        [1, { ...alice, ...more }],
        [2, { ...bob, ...more }],
      ]),
    }
    const start = { account: 'alice', device: 'phone-1', forced: true }
    expect(JSON.parse(startedBody(channel, start, 1_763_830_000_000))).toEqual({
      eventType: 20,
      callType: 2,
      fromAccount: 'alice',
      fromClientType: 16,
      fromDeviceId: 'phone-1',
      toAccountList: ['bob'],
      forceKeepCalling: true,
      timestamp: 1_763_830_000_000,
    })
  })

  it("excludes a member's absence", () => {
    const away = members.map((member) => ({ ...member, absent: 20_000 }))
    expect(JSON.parse(JSON.parse(durationBody(call, away)).members)).toMatchObject([
      { accid: 'alice', duration: 39 },
      { accid: 'bob', duration: 10 },
    ])
  })

  it('has AUDIO for an audio call and 1 for live recording', () => {
    const live = members.map((member) => ({ ...member, request: { ...request, live: true } }))
    expect(JSON.parse(durationBody({ ...call, type: 1 }, live))).toMatchObject({ type: 'AUDIO', live: '1' })
  })

  it('lists the files', () => {
    const file: RecordingFile = {
      cid: 42,
      uid: 1,
      account: 'alice',
      caller: true,
      kind: 'mp4',
      filename: '0-42-1006000-1.mp4',
      size: 2167,
      md5: 'a9b248e29669d588dd0b10259dedea1a',
      duration: 59_000,
      mix: false,
      pieceIndex: 0,
    }
    const mix = { ...file, uid: 0, mix: true, filename: '0-42-1006000-0-mix.mp4' }
    const body = filesBody([file, mix], ({ filename }) => `http://host/${filename}?sign=x`, START + 70_900)
    const listed = {
      channelid: '42',
      filename: '0-42-1006000-1.mp4',
      md5: 'a9b248e29669d588dd0b10259dedea1a',
      mix: false,
      size: '2167',
      type: 'mp4',
      timestamp: '1763830070',
      vid: expect.stringMatching(/^\d+$/),
      url: 'http://host/0-42-1006000-1.mp4?sign=x',
      user: 'alice',
      pieceindex: '0',
    }
    expect(readStrictly(body)).toEqual({
      eventType: '6',
      fileinfo: [
        { ...listed, caller: true },
        // It has no owner.
        { ...listed, mix: true, user: '0', filename: mix.filename, url: `http://host/${mix.filename}?sign=x` },
      ],
    })
  })
})
