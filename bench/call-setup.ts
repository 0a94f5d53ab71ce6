import { endCall, type Phones } from './phones'
import { median, percentile } from './statistics'
import { table, wholeMs } from './table'

const CALLS = 12
const GOAL = 700

interface SetUp {
  ringing: number
  /** From Bob's tap on accept to the first picture at each phone. */
  atBob: number
  atAlice: number
  both: number
}

/** Video calls from the tap on, in sequence; the first one also loads what later ones have cached. */
export async function callSetUp(phones: Phones): Promise<string> {
  const first = await setUp(phones)
  const calls: SetUp[] = []
  while (calls.length < CALLS) calls.push(await setUp(phones))
  const row = (name: string, pick: (call: SetUp) => number): string[] => {
    const values = calls.map(pick)
    return [name, ...[median(values), percentile(values, 95), pick(first)].map(wholeMs)]
  }
  const rows = [
    row('tap to ringing', ({ ringing }) => ringing),
    row('accept to first remote frame, callee', ({ atBob }) => atBob),
    row('accept to first remote frame, caller', ({ atAlice }) => atAlice),
    row('accept to first remote frame, the later of both', ({ both }) => both),
  ]
  return [
    `Call set-up: ${CALLS} video calls, and one before them (goal: accept to first remote frame below ${GOAL} ms)`,
    '',
    table(['', 'median', 'p95', 'first call'], rows),
  ].join('\n')
}

async function setUp(phones: Phones): Promise<SetUp> {
  const { alice, bob } = phones
  const ringing = bob.ask('shown', '#accept')
  await alice.tap('.person .video')
  const rang = await ringing
  const pictures = [bob.ask('firstPicture'), alice.ask('firstPicture')] as const
  await bob.tap('#accept')
  const [atBob, atAlice] = await Promise.all(pictures)
  const [called, accepted] = [await alice.ask('lastTap'), await bob.ask('lastTap')]
  await endCall(phones)
  return {
    ringing: rang - called,
    atBob: atBob - accepted,
    atAlice: atAlice - accepted,
    both: Math.max(atBob, atAlice) - accepted,
  }
}
