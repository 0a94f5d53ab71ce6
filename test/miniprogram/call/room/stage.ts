/** The call controller of alice over a fake provider, for rooms. */
import { CallController } from '../../../../miniprogram/call/controller'
import type { CallState } from '../../../../miniprogram/call/state'
import { CODE } from '../../../../miniprogram/netcall/constants'
import { NetcallError } from '../../../../miniprogram/netcall/errors'
import { encodeRoomMessage, type RoomMessage } from '../../../../miniprogram/call/room/messages'
import { DEFAULT_SETTINGS } from '../../../../miniprogram/services/settings'
import { FakeIm, FakeNetcall } from '../../../support/fake-netcall'

export const ROOM = { cid: 9, uid: 1 }
export const GONE = new NetcallError('refused', 'there is no such room', { code: CODE.roomGone })
export const TAKEN = new NetcallError('wrong-state', 'it exists already', { code: CODE.conflict })
export const FULL = new NetcallError('room-full', 'nine are in it', { code: CODE.roomFull })
const RECORDING = {
  ...DEFAULT_SETTINGS,
  recordAudio: true,
  recordVideo: true,
  recordType: '2',
  hostSpeaker: true,
} as const
export const PARAMS = { recordAudio: 1, recordVideo: 1, recordType: '2', rtmpRecord: 0, isHostSpeaker: 1 }

/** All answers have been processed. */
export const turns = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const detached: Array<() => void> = []
beforeEach(() => jest.spyOn(console, 'warn').mockImplementation(() => {}))
afterEach(() => {
  for (const detach of detached.splice(0)) detach()
  jest.useRealTimers()
  jest.restoreAllMocks()
})

export function setUp() {
  const netcall = new FakeNetcall()
  const im = new FakeIm('alice')
  const call = new CallController({ settings: () => RECORDING })
  netcall.room = ROOM
  netcall.present = ['alice']
  call.attach(netcall, im)
  detached.push(() => call.detach())
  const said = (to?: string): unknown[] =>
    im.sent.filter((message) => to === undefined || message.to === to).map(({ content }) => JSON.parse(content))
  const receive = (from: string, message: RoomMessage): void => im.receive(from, encodeRoomMessage(message))
  const invite = (name = 'bob-1', from = 'bob'): void =>
    receive(from, {
      type: 'room-invite',
      room: name,
      title: 'bob, alice',
      kind: 'video',
      members: [from, 'alice', 'carol'],
    })
  return { netcall, im, call, said, receive, invite }
}
export type Stage = ReturnType<typeof setUp>

/** A room of alice with her invitees. */
export async function groupCall(): Promise<Stage> {
  const stage = setUp()
  stage.call.callGroup(['bob', 'carol'], 'video')
  await turns()
  return stage
}
export const nameOf = (state: CallState): string => (state.type === 'room' ? state.room : '')
export const reasonOf = (state: CallState): string => (state.phase === 'ended' ? state.reason : state.phase)
