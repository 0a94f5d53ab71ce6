/** The call page as it is seen in tests, with what its pusher and player say. */
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
/** A call whose other side is seen. */
export async function seenCall(call: CallState = talking()): Promise<CallPage> {
  const view = await openCall(call)
  await peerMedia(view.page, 'playing')
  return view
}

export const peerMedia = (page: Mounted, state: string, reason?: string): Promise<void> =>
  page.emit('state', { state, reason }, '#player')
export const ownMedia = (page: Mounted, state: string, reason?: string): Promise<void> =>
  page.emit('state', { state, reason }, '#pusher')

/** So much time goes by on the fake clock, ms. */
export async function pass(ms: number): Promise<void> {
  jest.advanceTimersByTime(ms)
  await settle()
}
