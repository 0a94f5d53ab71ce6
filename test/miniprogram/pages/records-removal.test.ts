/** Deleting calls: the question, the service if it may know them, this phone. */
import { deferred } from '../../support/deferred'
import { attribute, send, words } from '../../support/nodes'
import { BARE, DONE, NOW, openRecords, PAST, rememberedRecords } from '../../support/records-page'
import { settle, type FakeApp, type Mounted } from '../../support/simulate'

beforeEach(() => {
  jest.useFakeTimers({ now: NOW })
  answer(true)
})
afterEach(() => jest.useRealTimers())

function answer(confirm: boolean): void {
  Object.assign(wx, { showModal: jest.fn(({ success }) => success({ confirm })) })
}
function asked(): unknown {
  return jest.mocked(wx.showModal).mock.lastCall?.[0]
}
async function fails(app: FakeApp, reason: 'unreachable' | 'refused' | 'under-way'): Promise<void> {
  const { RecordsError } = await import('../../../miniprogram/services/records')
  app.session.records.remove.mockRejectedValueOnce(new RecordsError(reason, 'as said'))
}
async function remove(page: Mounted, index = 0): Promise<void> {
  await send(page.all('.head')[index], 'tap')
  await page.tap('.remove')
  await settle()
}
/** Cids that the service was asked to delete. */
function deleted(app: FakeApp): unknown[] {
  return app.session.records.remove.mock.calls.map(([cid]) => cid)
}

test('is confirmed with what is deleted and for whom', async () => {
  const { app, page } = await openRecords([DONE, { ...BARE, cid: 8, peer: 'carol' }])
  app.session.records.list.mockImplementation(async () => [{ ...BARE, cid: 8, peer: 'carol' }])
  await remove(page)
  expect(asked()).toMatchObject({
    title: 'Delete this call?',
    content: 'The call and its files go from your list. The others keep theirs until they delete it, too.',
    confirmText: 'Delete',
    cancelText: 'Cancel',
  })
  expect(deleted(app)).toEqual([7])
  expect(page.all('.peer').map(words)).toEqual(['carol'])
})

test('is confirmed in Chinese; cancelling keeps the call', async () => {
  answer(false)
  const { app, page } = await openRecords([DONE], 'zh')
  await remove(page)
  expect(asked()).toMatchObject({ title: '删除这次通话？', content: expect.stringContaining('其他参与者仍能看到') })
  expect(deleted(app)).toEqual([])
  expect(page.all('.peer')).toHaveLength(1)
})

test('also deletes from this phone, for good', async () => {
  const { app, page } = await rememberedRecords([PAST, { ...PAST, cid: 9, startedAt: 1 }], Promise.resolve([]))
  await remove(page)
  // The service returns its newest calls only: it may know this one.
  expect(deleted(app)).toEqual([7])
  expect(app.history.calls.map(({ cid }) => cid)).toEqual([9])
  expect(page.all('.peer')).toHaveLength(1)
})

test('deletes a call that only the phone knows without the service', async () => {
  const offline = { ...PAST, cid: null, duration: 0, reason: 'peer-offline' }
  const { app, page } = await rememberedRecords([offline], Promise.reject(new Error('gone')))
  await remove(page)
  expect(asked()).toMatchObject({ content: 'Only this phone knows of it.' })
  expect(deleted(app)).toEqual([])
  expect(app.history.calls).toEqual([])
})

test('deletes at the service a call without a number on the phone', async () => {
  const offline = { ...PAST, cid: null, duration: 0, reason: 'peer-offline' }
  const { app, page } = await rememberedRecords([offline], Promise.reject(new Error('gone')))
  app.session.records.list
    .mockImplementationOnce(async () => [{ ...BARE, duration: 0, endReason: 'offline' }])
    .mockImplementation(async () => [])
  await remove(page)
  expect(deleted(app)).toEqual([7])
  expect(page.has('.peer')).toBe(false)
})

test('also deletes the call that was cancelled in its favour', async () => {
  const crossing = { ...BARE, cid: 6, direction: 'incoming', endReason: 'cancelled', duration: 0 } as const
  const { app, page } = await openRecords([DONE, crossing])
  expect(page.all('.peer')).toHaveLength(1)
  await remove(page)
  expect(deleted(app)).toEqual([7, 6])
})

test.each([
  ['under-way', 'The call has not ended yet. Hang up first.'],
  ['unreachable', 'The service cannot be reached'],
  ['refused', 'The service refused'],
] as const)('%s is said, and the call stays', async (reason, sentence) => {
  const { app, page } = await rememberedRecords([PAST], Promise.resolve([DONE]))
  await fails(app, reason)
  await remove(page)
  expect(wx.showToast).toHaveBeenLastCalledWith(expect.objectContaining({ title: expect.stringContaining(sentence) }))
  expect(app.history.calls).toHaveLength(1)
  expect(page.all('.peer')).toHaveLength(1)
})

test('is not offered during the call', async () => {
  const { page } = await openRecords([{ ...DONE, live: true, endReason: null, callback: 'none' }])
  await page.tap('.head')
  expect(page.has('.remove')).toBe(false)
})

test('stops playing, and deletes once', async () => {
  const { app, page } = await openRecords([DONE])
  await page.tap('.head')
  await send(page.find('.file').querySelector('.play'), 'tap')
  const removal = deferred<void>()
  app.session.records.remove.mockReturnValue(removal.promise)
  await page.tap('.remove')
  expect(page.data['playing']).toBe('')
  expect(attribute(page.find('.remove'), 'aria-disabled')).toBe(true)
  await page.tap('.remove')
  removal.resolve()
  await settle()
  expect(deleted(app)).toEqual([7])
})

describe('all calls', () => {
  const LIVE = { ...BARE, cid: 5, live: true, endReason: null }
  const OLDER = { ...BARE, cid: 1, startedAt: 1 }

  test('include those that the service returns only then; a running call stays', async () => {
    const { app, page } = await openRecords([LIVE, DONE, { ...BARE, cid: 6 }])
    app.session.records.list.mockImplementationOnce(async () => [LIVE, OLDER]).mockImplementation(async () => [LIVE])
    await page.tap('.clear')
    await settle()
    expect(asked()).toMatchObject({ title: 'Delete all calls?' })
    expect(deleted(app)).toEqual([7, 6, 1])
    expect(page.all('.peer')).toHaveLength(1)
  })

  test('stop at the first failure, which is shown', async () => {
    const { app, page } = await openRecords([DONE, { ...BARE, cid: 6 }])
    app.session.records.remove.mockResolvedValueOnce(undefined)
    await fails(app, 'unreachable')
    app.session.records.list.mockImplementation(async () => [{ ...BARE, cid: 6 }])
    await page.tap('.clear')
    await settle()
    expect(deleted(app)).toEqual([7, 6])
    expect(wx.showToast).toHaveBeenCalledTimes(1)
    expect(page.all('.peer')).toHaveLength(1)
  })

  test('need a confirmation', async () => {
    answer(false)
    const { app, page } = await openRecords([DONE])
    await page.tap('.clear')
    await settle()
    expect(deleted(app)).toEqual([])
  })
})
