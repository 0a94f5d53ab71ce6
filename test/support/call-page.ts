/** The call page as seen by tests, with events of its pusher and player. */
import type { CallState } from '../../miniprogram/call/state'
import { talking } from './calls'
import { fakeApp, mountPage, settle, type FakeApp, type Mounted } from './simulate'

export interface CallPage {
  app: FakeApp
  page: Mounted
  become(call: CallState): Promise<void>
}

export async function openCall(call: CallState, options: Parameters<typeof fakeApp>[0] = {}): Promise<CallPage> {
  const app = fakeApp({ ...options, call })
  const page = await mountPage('pages/call/call', { app })
  await settle()
  const become = async (next: CallState): Promise<void> => {
    app.call.become(next)
    await settle()
  }
  return { app, page, become }
}
/** A call with video of the peer. */
export async function seenCall(call: CallState = talking()): Promise<CallPage> {
  const view = await openCall(call)
  await peerMedia(view.page, 'playing')
  return view
}

export const peerMedia = (page: Mounted, state: string, reason?: string): Promise<void> =>
  page.emit('state', { state, reason }, '#player')
export const ownMedia = (page: Mounted, state: string, reason?: string): Promise<void> =>
  page.emit('state', { state, reason }, '#pusher')

/** Advances the fake clock, ms. */
export async function pass(ms: number): Promise<void> {
  jest.advanceTimersByTime(ms)
  await settle()
}
