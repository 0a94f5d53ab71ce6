import { durationBody, filesBody, startedBody } from '../../../server/callback/bodies'
import type { Channel } from '../../../server/channels/types'
import type { RecordingFile, RecordingRequest } from '../../../server/recording/types'
import type { CallMemberRow, CallRow } from '../../../server/store/types'

const request: RecordingRequest = { audio: true, video: true, live: false, type: '0', hostSpeaker: false }
const call: CallRow = {
  cid: 42,
  scene: 0,
  type: 2,
  name: null,
  caller: 'alice',
  custom: '',
  createdAt: 1_000_000,
  answeredAt: 1_005_000,
  endedAt: 1_065_400,
  endReason: 'hangup',
  recording: 'finishing',
  notes: [],
}
const members: CallMemberRow[] = [
  { cid: 42, account: 'alice', uid: 1, joinedAt: 1_006_000, leftAt: 1_065_400, absent: 0, request },
  { cid: 42, account: 'bob', uid: 2, joinedAt: 1_005_500, leftAt: 1_035_500, absent: 0, request: null },
  { cid: 42, account: 'carol', uid: 3, joinedAt: null, leftAt: null, absent: 0, request: null },
]

describe('the body of a callback', () => {
  it('tells how long the call took, and each who was in it', () => {
    const body = JSON.parse(durationBody(call, members))
    expect(body).toEqual({
      eventType: '5',
      channelId: 42,
      createtime: 1_000_000,
      duration: 60,
      live: '0',
      type: 'VEDIO',
      status: 'SUCCESS',
      members: expect.any(String),
    })
    expect(JSON.parse(body.members)).toEqual([
      { accid: 'alice', duration: 59, caller: true },
      { accid: 'bob', duration: 30 },
    ])
  })

  it('gives the app back what it put into the call', () => {
    expect(JSON.parse(durationBody({ ...call, custom: '{"order":7}' }, members)).ext).toBe('{"order":7}')
  })

  it('tells that a call rings, and for whom', () => {
    const alice = { account: 'alice', uid: 1, caller: true, state: 'accepted' } as const
    const bob = { account: 'bob', uid: 2, caller: false, state: 'invited' } as const
    const more = { session: null, stay: 1, device: null }
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

  it('does not count a member’s absence', () => {
    const away = members.map((member) => ({ ...member, absent: 20_000 }))
    expect(JSON.parse(JSON.parse(durationBody(call, away)).members)).toMatchObject([
      { accid: 'alice', duration: 39 },
      { accid: 'bob', duration: 10 },
    ])
  })

  it('says AUDIO of an audio call and 1 of live recording', () => {
    const live = members.map((member) => ({ ...member, request: { ...request, live: true } }))
    expect(JSON.parse(durationBody({ ...call, type: 1 }, live))).toMatchObject({ type: 'AUDIO', live: '1' })
  })

  it('counts a room from the first who came', () => {
    expect(JSON.parse(durationBody({ ...call, scene: 1, answeredAt: null }, members)).duration).toBe(60)
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
    const body = JSON.parse(filesBody([file], ({ filename }) => `http://host/${filename}?sign=x`))
    expect(body).toEqual({ eventType: '6', fileinfo: expect.any(String) })
    expect(JSON.parse(body.fileinfo)).toEqual([
      {
        caller: true,
        channelid: '42',
        filename: '0-42-1006000-1.mp4',
        md5: 'a9b248e29669d588dd0b10259dedea1a',
        mix: false,
        size: '2167',
        type: 'mp4',
        vid: expect.stringMatching(/^\d+$/),
        url: 'http://host/0-42-1006000-1.mp4?sign=x',
        user: 'alice',
        pieceindex: '0',
      },
    ])
  })
})
