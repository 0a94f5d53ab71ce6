/** @jest-environment node */
import { isBusy, type CallState } from '../../../miniprogram/call/state'
import { askInDialog } from '../../../miniprogram/services/call-dialog'
import { ended, incoming, outgoing, talking } from '../../support/calls'
import { fakeApp } from '../../support/fake-app'
import { resetWx } from '../../support/fake-wx'
import { inRoom, roomInvited } from '../../support/rooms'

interface Modal {
  content: string
  confirmText: string
  cancelText: string
  success(answer: { confirm: boolean }): void
  complete(): void
}

/** Asks about this call; `answer` also tells what the call has become meanwhile. */
function ask(state: CallState) {
  if (!isBusy(state)) throw new Error('no call')
  const app = fakeApp({ call: state, settings: { language: 'zh' } })
  const showPage = jest.fn()
  const modals: Modal[] = []
  Object.assign(wx, { showModal: (asked: Modal) => modals.push(asked) })
  askInDialog(app, state, showPage)
  const [modal] = modals
  if (!modal) throw new Error('no dialog')
  const answer = (confirm: boolean, now: CallState = state): void => {
    if (now !== state) app.call.become(now)
    modal.success({ confirm })
    modal.complete()
  }
  const done = (): Record<string, number> => ({
    accepted: app.entry.accept.mock.calls.length,
    rejected: app.call.reject.mock.calls.length,
    hungUp: app.call.hangUp.mock.calls.length,
    shown: showPage.mock.calls.length,
  })
  return { modal, answer, done }
}
const NOTHING = { accepted: 0, rejected: 0, hungUp: 0, shown: 0 }

beforeEach(() => {
  Object.assign(globalThis, { wx: {} })
  resetWx()
})

test.each([
  ['a call', incoming(), 'bob 来电'],
  ['an invitation', roomInvited(), 'bob 邀请您加入多人通话'],
])('%s can be answered', (_what, state, content) => {
  for (const [confirm, action] of [
    [true, 'accepted'],
    [false, 'rejected'],
  ] as const) {
    const { modal, answer, done } = ask(state)
    expect(modal).toMatchObject({ content, confirmText: '接听', cancelText: '拒绝' })
    answer(confirm)
    expect(done()).toEqual({ ...NOTHING, [action]: 1 })
  }
})

test.each([
  ['an outgoing call', outgoing(), '正在呼叫 bob…'],
  ['an answered call', talking(), '与 bob 通话中'],
  ['a room', inRoom(), '正在进入“Team”…'],
])('%s can be ended, or its page tried again', (_what, state, content) => {
  for (const [confirm, action] of [
    [true, 'shown'],
    [false, 'hungUp'],
  ] as const) {
    const { modal, answer, done } = ask(state)
    expect(modal).toMatchObject({ content, confirmText: '返回通话', cancelText: '挂断' })
    answer(confirm)
    expect(done()).toEqual({ ...NOTHING, [action]: 1 })
  }
})

test('an answer after the call was followed by another opens its page', () => {
  const { answer, done } = ask(talking())
  answer(false, incoming({ startedAt: 99 }))
  expect(done()).toEqual({ ...NOTHING, shown: 1 })
})

test('there is one dialog at a time', () => {
  const { answer } = ask(talking())
  expect(() => ask(talking())).toThrow('no dialog')
  answer(true)
  ask(talking()).answer(true)
})

test.each<[string, CallState, CallState]>([
  ['ended', incoming(), ended({ direction: 'incoming' })],
  ['been answered', incoming(), talking({ direction: 'incoming' })],
  ['been forgotten', talking(), { phase: 'idle' }],
])('an answer after the call has %s does nothing', (_what, state, now) => {
  for (const confirm of [true, false]) {
    const { answer, done } = ask(state)
    answer(confirm, now)
    expect(done()).toEqual(NOTHING)
  }
})
