/** Random input for the parsers of external data; `npm run fuzz` tries more. */
import { corpusOf, faultOf, fuzz } from '../fuzz/fuzz'
import { PARSERS } from '../fuzz/parsers'
import { Chance, SEED } from '../support/random'

const COUNT = 500

test.each(['rtmp', 'flv', 'json'] as const)(
  '%s: inputs of the corpus, and others made by chance, are taken or refused',
  (name) => {
    const chance = new Chance(SEED)
    const corpus = corpusOf(name)
    for (const input of corpus)
      expect([input.toString('hex'), faultOf(PARSERS[name], input, chance)]).toEqual([input.toString('hex'), null])
    const fault = fuzz(PARSERS[name], corpus, chance, COUNT)
    expect(fault && { input: fault.input.toString('hex'), error: fault.error }).toBeNull()
  },
)

/** A parser with a fault. */
const parse = (pieces: readonly Buffer[]): void => {
  if (Buffer.concat([...pieces]).includes(Buffer.from('@setDataFrame'.slice(0, 4)))) throw new TypeError('planted')
}

test('reports a parser fault with its input', () => {
  const fault = fuzz({ ...PARSERS.rtmp, parse }, corpusOf('rtmp'), new Chance(SEED), COUNT)
  expect(fault?.error).toEqual(new TypeError('planted'))
  expect(faultOf({ ...PARSERS.rtmp, parse }, fault?.input ?? Buffer.alloc(0), new Chance(1))).not.toBeNull()
})
