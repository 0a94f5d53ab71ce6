/** The member grid as seen by tests. */
import type { RoomMember, RoomState } from '../../../../miniprogram/call/state'
import { roomMember } from '../../../support/rooms'
import { fakeApp, mountComponent, settle, type FakeApp, type Mounted } from '../../../support/simulate'

type Grid = { app: FakeApp; grid: Mounted; become(room: RoomState): Promise<void> }

/** Members other than the local user. */
export const people = (count: number, change: Partial<RoomMember> = {}): RoomMember[] =>
  Array.from({ length: count }, (_, index) => roomMember(`m${index + 1}`, index + 1, change))

export async function openGrid(room: RoomState, { ownsMedia = true } = {}): Promise<Grid> {
  const app = fakeApp({ call: room })
  const grid = await mountComponent('pages/room/components/member-grid/member-grid', { ownsMedia }, app)
  const become = async (next: RoomState): Promise<void> => {
    app.call.become(next)
    await settle()
  }
  return { app, grid, become }
}
export const tile = (key: string | number): string => `#tile-${key}`
export const shown = ({ grid }: Grid): unknown[] => grid.all('.tile').map(({ data }) => data['account'])
export const elements = ({ grid }: Grid): unknown[] => grid.all('.tile').map(({ dom }) => dom)
export const media = ({ grid }: Grid, key: string | number, state: string, reason?: string): Promise<void> =>
  grid.emit('state', { state, reason }, tile(key), '#player')
export const level = ({ grid }: Grid, key: string | number, loud: number): Promise<void> =>
  grid.emit('level', { level: loud }, tile(key), key === 'me' ? '#pusher' : '#player')
export const played = ({ grid }: Grid): unknown[] =>
  grid.all('.tile').flatMap(({ data }) => (data['media'] === 'play' ? [data['account']] : []))
export const speaking = ({ grid }: Grid): unknown[] =>
  grid.all('.tile').flatMap(({ data }) => (data['speaking'] === true ? [data['account']] : []))
export async function pass(ms: number): Promise<void> {
  jest.advanceTimersByTime(ms)
  await settle()
}
/** Whether the first elements are the same objects. */
export function expectSame(now: unknown[], before: unknown[]): void {
  expect(before.length).toBeGreaterThan(0)
  expect(before.map((element, index) => element === now[index])).toEqual(before.map(() => true))
}
