/** The room page on small, usual and notched screens, in both languages: with one, some, and more people than fit a page. */
import type { RoomMember, RoomState } from '../../miniprogram/room/state'
import { localMedia } from '../support/calls'
import { inRoom as roomOf, ringingInvitee, roomEnded, roomJoining, roomMember } from '../support/rooms'
import { offences } from './support/looks'
import type { Phone } from './support/phone'
import { Stage, type Scene } from './support/stage'

jest.setTimeout(180_000)

let stage: Stage
let scene: Scene
let alice: Phone
beforeAll(async () => {
  stage = await Stage.open()
  scene = await stage.show('alice', 'bob')
  await scene.page.emulateMedia({ reducedMotion: 'reduce' })
  alice = scene.phone('alice')
  // The page looks for the notch when it opens.
  await alice.frame.evaluate(() => window.__phone.phone.setNotch(true))
  await put(roomJoining({ invitees: [] }))
  await alice.isOn('pages/room/room')
})
afterAll(() => stage.close())

/** Puts the phone into a room that only it knows of. */
function put(state: RoomState): Promise<void> {
  return alice.frame.evaluate((state) => {
    const { room } = window.__phone.app
    const previous = room.state
    Object.defineProperty(room, 'state', { value: state, configurable: true })
    for (const listener of room.listeners) listener(state, previous)
  }, state)
}
/** My own camera runs, and goes nowhere. */
function inRoom(change: Parameters<typeof roomOf>[0]): RoomState {
  return roomOf({ local: localMedia({ url: null, recording: { audio: true, video: true } }), ...change })
}
/** Others, in every state. They only listen: there is nothing to play. */
function people(count: number): RoomMember[] {
  return Array.from({ length: count }, (_, index) =>
    roomMember(index === 0 ? 'somebody-with-a-long-name' : `member${index}`, index + 2, {
      url: index % 3 === 0 ? null : `ws://127.0.0.1:1/live/${index}.flv`,
      microphone: index % 2 === 0,
      camera: index % 4 !== 1,
      network: index % 3 === 1 ? 'weak' : 'good',
      away: index % 5 === 4,
    }),
  )
}

test.each([1, 2, 4, 6, 9, 12])('%i people', async (count) => {
  await put(inRoom({ members: people(count - 1) }))
  expect(await offences(scene, alice)).toEqual([])
})

test('one is large, the others stand below', async () => {
  await put(inRoom({ members: people(8) }))
  await alice.tap('#tile-2')
  const found = await offences(scene, alice)
  await alice.tap('#tile-2')
  expect(found).toEqual([])
})

test('who only listens, with people who ring or do not come', async () => {
  const invitees = [ringingInvitee('dave'), { account: 'erin', state: 'no-answer' } as const]
  await put(inRoom({ role: 'audience', members: people(4), invitees }))
  expect(await offences(scene, alice)).toEqual([])
})

test('choosing whom to call', async () => {
  await put(inRoom({ members: people(2) }))
  await alice.tap('#invite')
  const found = await offences(scene, alice)
  await alice.tap('#cancel')
  // It lies over the page.
  expect(found.filter((offence) => !offence.endsWith('overlap'))).toEqual([])
})

test('the end, and what it offers', async () => {
  await put(roomEnded({ reason: 'connection-lost', duration: 65_000 }))
  expect(await offences(scene, alice)).toEqual([])
})
