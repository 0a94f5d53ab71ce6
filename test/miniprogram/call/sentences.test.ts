/** @jest-environment node */
import { endings } from '../../../miniprogram/texts/endings'

test.each(['zh', 'en'] as const)('no two ends of a call are said with the same words: %s', (language) => {
  const sentences = Object.values(endings[language])
  expect(new Set(sentences).size).toBe(sentences.length)
})
