/** @jest-environment node */
import { MediaSeat } from '../../../miniprogram/services/media-seat'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('whoever asks last holds the media, once the one before has heard that it lost them', async () => {
  const seat = new MediaSeat()
  const story: string[] = []
  const take = (name: string): (() => void) =>
    seat.take(
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

test('who has given them up is told of nothing any more', async () => {
  const seat = new MediaSeat()
  const revoked = jest.fn()
  const rise = seat.take(() => {}, revoked)
  await turn()
  rise()
  seat.take(() => {})
  await turn()
  expect(revoked).not.toHaveBeenCalled()
})

test('who gives them up late takes them from nobody', async () => {
  const seat = new MediaSeat()
  const rise = seat.take(() => {})
  const granted = jest.fn()
  seat.take(granted)
  rise()
  await turn()
  expect(granted).toHaveBeenCalledTimes(1)
})

test('a seat that was given up at once is not granted', async () => {
  const seat = new MediaSeat()
  const granted = jest.fn()
  seat.take(granted)()
  await turn()
  expect(granted).not.toHaveBeenCalled()
})
