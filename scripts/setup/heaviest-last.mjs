import Sequencer from '@jest/test-sequencer'

/** Stories with many phones, which want the machine for themselves: by then the other tests have mostly ended. */
const HEAVIEST = ['surviving', 'rooms']
const weight = ({ path }) => HEAVIEST.findIndex((name) => path.endsWith(`/${name}.test.ts`))

/** The order of whole stories. */
export default class HeaviestLast extends Sequencer {
  sort(tests) {
    return super.sort(tests).toSorted((a, b) => weight(a) - weight(b))
  }
}
