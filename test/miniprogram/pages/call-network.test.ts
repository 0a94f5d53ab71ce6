import { openCall, pass, peerMedia, seenCall } from '../../support/call-page'
import { localMedia, reconnecting, remoteMedia, talking } from '../../support/calls'
import type { Mounted } from '../../support/simulate'

const quality = (page: Mounted, id: string, value: string): Promise<void> =>
  page.emit('quality', { quality: value }, id)
const bars = (page: Mounted): unknown => page.find('#network').data['quality']
const ownBars = (page: Mounted): unknown => page.find('#own-network').data['quality']

beforeEach(() => jest.useFakeTimers())
afterEach(() => jest.useRealTimers())

describe('the network', () => {
  test('of mine is told to the controller, and stands on my picture', async () => {
    const { app, page, become } = await seenCall()
    expect(ownBars(page)).toBe('')
    await quality(page, '#pusher', 'weak')
    expect(app.call.noteNetwork).toHaveBeenLastCalledWith('weak')
    await become(talking({ local: localMedia({ network: 'fair' }) }))
    await pass(1_000)
    expect(ownBars(page)).toBe('fair')
    expect(bars(page)).toBe('')
  })
  test('of the other side is the worse of what it says and of what comes in', async () => {
    const { page, become } = await seenCall()
    expect(bars(page)).toBe('')
    await quality(page, '#player', 'fair')
    await pass(1_000)
    expect(bars(page)).toBe('fair')
    await become(talking({ remote: remoteMedia({ network: 'weak' }) }))
    await pass(1_000)
    expect(bars(page)).toBe('weak')
    await become(talking({ remote: remoteMedia({ network: 'good' }) }))
    await pass(1_000)
    expect(bars(page)).toBe('fair')
  })
  test('is weak while a stream stalls, and not judged while the call reconnects', async () => {
    const { page, become } = await seenCall()
    await quality(page, '#player', 'good')
    await peerMedia(page, 'stalled', 'network')
    await pass(1_000)
    expect(bars(page)).toBe('weak')
    await peerMedia(page, 'playing')
    await pass(1_000)
    expect(bars(page)).toBe('good')
    await become(reconnecting())
    expect(bars(page)).toBe('')
  })
  test('of an audio call is the worse of both, beside the timer, with a word for mine', async () => {
    const audio = { kind: 'audio', local: localMedia({ camera: false, network: 'weak' }) } as const
    const { page } = await openCall(talking(audio))
    await peerMedia(page, 'playing')
    await quality(page, '#player', 'fair')
    expect(page.find('#cover .bars').data['quality']).toBe('weak')
    expect(page.text('#cover .words')).toBe('您的网络不佳')
  })
})
