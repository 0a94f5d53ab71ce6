import { withoutFloods } from '../../../server/media/logger'
import { advance, controlClock } from '../../support/clock'

test('lines that strangers cause are limited and counted; others are not', async () => {
  controlClock()
  const lines: unknown[] = []
  const keep = (about: object, message: string) => void lines.push([message, about])
  const logger = withoutFloods({ info: keep, warn: keep, error: keep })
  for (let at = 0; at < 25_000; at++) logger.warn({ at }, 'refused')
  expect(lines).toHaveLength(20)
  logger.info({}, 'ended')
  await advance(1_000)
  logger.warn({ at: 25_000 }, 'refused')
  expect(lines.slice(20)).toEqual([
    ['ended', {}],
    ['refused', { at: 25_000, leftOut: 24_980 }],
  ])
  await advance(1_000)
  logger.warn({ at: 25_001 }, 'refused')
  expect(lines.at(-1)).toEqual(['refused', { at: 25_001 }])
})
