/** @jest-environment node */
import { MediaOwner } from '../../../miniprogram/services/media-owner'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('the last request wins, after the previous owner was notified', async () => {
  const owner = new MediaOwner()
  const story: string[] = []
  const take = (name: string): (() => void) =>
    owner.acquire(
      () => story.push(`${name} holds`),
      () => story.push(`${name} gives up`),
    )
  take('banner')
  expect(story).toEqual([])
  await turn()
  take('call')
  expect(story).toEqual(['banner holds', 'banner gives up'])
  await turn()
  expect(story).toEqual(['banner holds', 'banner gives up', 'call holds'])
})

test('a released owner is not notified any more', async () => {
  const owner = new MediaOwner()
  const revoked = jest.fn()
  const rise = owner.acquire(() => {}, revoked)
  await turn()
  rise()
  owner.acquire(() => {})
  await turn()
  expect(revoked).not.toHaveBeenCalled()
})

test('a late release does not affect the current owner', async () => {
  const owner = new MediaOwner()
  const rise = owner.acquire(() => {})
  const granted = jest.fn()
  owner.acquire(granted)
  rise()
  await turn()
  expect(granted).toHaveBeenCalledTimes(1)
})

test('a request that is released at once is not granted', async () => {
  const owner = new MediaOwner()
  const granted = jest.fn()
  owner.acquire(granted)()
  await turn()
  expect(granted).not.toHaveBeenCalled()
})
