/** @jest-environment node */
/** The phone during a call: its screen, the background, a phone call. */
import { followAway } from '../../../miniprogram/services/away'
import { keepScreenOn } from '../../../miniprogram/services/screen'
import { connecting, ended, incoming, outgoing, reconnecting, talking } from '../../support/calls'
import { inRoom, roomEnded, roomInvited, roomJoining, roomReconnecting } from '../../support/rooms'
import { fakeApp } from '../../support/fake-app'
import { resetWx } from '../../support/fake-wx'

type Happening = 'onAppShow' | 'onAppHide' | 'onAudioInterruptionBegin' | 'onAudioInterruptionEnd'

let listeners: Record<Happening, Array<() => void>>
const happen = (name: Happening): void => listeners[name].forEach((listener) => listener())

beforeEach(() => {
  Object.assign(globalThis, { wx: {} })
  resetWx()
  listeners = { onAppShow: [], onAppHide: [], onAudioInterruptionBegin: [], onAudioInterruptionEnd: [] }
  Object.assign(
    wx,
    Object.fromEntries(
      Object.entries(listeners).map(([name, list]) => [name, (listener: () => void) => list.push(listener)]),
    ),
  )
})

/** Values set for the screen. */
const kept = (): unknown => jest.mocked(wx.setKeepScreenOn).mock.calls.map(([{ keepScreenOn: on }]) => on)

describe('the screen', () => {
  test('is kept on from the first ring to the end', () => {
    const { call } = fakeApp()
    keepScreenOn(call)
    for (const state of [outgoing(), connecting(), talking(), reconnecting(), talking()]) call.become(state)
    expect(kept()).toEqual([true])
    call.become(ended())
    call.become({ phase: 'idle' })
    expect(kept()).toEqual([true, false])
    call.become(incoming())
    expect(kept()).toEqual([true, false, true])
  })
  test('is kept on for a room as well', () => {
    const { call } = fakeApp()
    keepScreenOn(call)
    for (const state of [roomInvited(), roomJoining(), inRoom(), roomReconnecting()]) call.become(state)
    expect(kept()).toEqual([true])
    call.become(roomEnded())
    expect(kept()).toEqual([true, false])
  })
  test('is kept on again when the mini-program returns during a call', () => {
    const { call } = fakeApp({ call: talking() })
    keepScreenOn(call)
    happen('onAppShow')
    expect(kept()).toEqual([true])
    call.become(ended())
    happen('onAppShow')
    expect(kept()).toEqual([true, false])
  })
})

function away() {
  const setAway = jest.fn()
  const call = Object.assign(fakeApp({ call: talking() }).call, { setAway })
  followAway(call)
  return { setAway, call }
}

describe('away', () => {
  test.each<[string, Happening, Happening]>([
    ['in the background', 'onAppHide', 'onAppShow'],
    ['in a phone call', 'onAudioInterruptionBegin', 'onAudioInterruptionEnd'],
  ])('%s, and back', (_where, gone, back) => {
    const { setAway } = away()
    happen(gone)
    expect(setAway).toHaveBeenLastCalledWith(true)
    happen(back)
    expect(setAway).toHaveBeenLastCalledWith(false)
  })
  test('after an unreported end of a phone call does not affect the next room', () => {
    const { setAway, call } = away()
    for (const state of [ended(), inRoom()]) call.become(state)
    happen('onAudioInterruptionBegin')
    expect(setAway).toHaveBeenLastCalledWith(true)
    for (const state of [roomReconnecting(), roomEnded(), inRoom()]) call.become(state)
    happen('onAppHide')
    happen('onAppShow')
    expect(setAway).toHaveBeenLastCalledWith(false)
  })
  test('a phone call continues although the mini-program is visible again', () => {
    const { setAway } = away()
    happen('onAudioInterruptionBegin')
    happen('onAppHide')
    happen('onAppShow')
    expect(setAway).toHaveBeenLastCalledWith(true)
    happen('onAudioInterruptionEnd')
    expect(setAway).toHaveBeenLastCalledWith(false)
  })
  test('after an unreported end of a phone call does not affect the next call', () => {
    const { setAway, call } = away()
    happen('onAudioInterruptionBegin')
    for (const state of [reconnecting(), ended(), talking()]) call.become(state)
    happen('onAppHide')
    happen('onAppShow')
    expect(setAway).toHaveBeenLastCalledWith(false)
  })
})
