/** @jest-environment node */
import { MediaSeat } from '../../../miniprogram/services/media-seat'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('one page at a time holds the media, in the order of asking', async () => {
  const seat = new MediaSeat()
  const held: string[] = []
  const rise = (name: string): (() => void) => seat.take(() => held.push(name))
  const first = rise('banner')
  expect(held).toEqual([])
  await turn()
  const second = rise('call')
  const third = rise('later banner')
  await turn()
  expect(held).toEqual(['banner'])
  first()
  await turn()
  expect(held).toEqual(['banner', 'call'])
  second()
  second()
  third()
  await turn()
  expect(held).toEqual(['banner', 'call'])
})

test('who no longer waits is passed over', async () => {
  const seat = new MediaSeat()
  const granted = jest.fn()
  const holder = seat.take(() => {})
  const impatient = seat.take(granted)
  impatient()
  holder()
  await turn()
  expect(granted).not.toHaveBeenCalled()
  seat.take(granted)
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
