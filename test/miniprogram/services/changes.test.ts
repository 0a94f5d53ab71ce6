import { changes } from '../../../miniprogram/services/changes'

test('only what changed is set', () => {
  expect(changes({ a: 1, b: 'x', c: true }, { a: 1, b: 'y', c: true })).toEqual({ b: 'y' })
  expect(changes({}, { a: 0 })).toEqual({ a: 0 })
})
