/** Tests of the proof itself: deviating files are detected. */
import { describeWithFfmpeg } from '../../../support/ffmpeg'
import { judge } from './judge'
import { perform } from './perform'
import type { Plan, PlanEvent } from './plan'
import { watch, type Watched } from './watch'

const REAL: Plan = {
  name: 'two members, one of whom is lost for a while',
  asks: [{}],
  events: [
    [0, 1, 'joins'],
    [0.2, 2, 'joins'],
    [1.7, 2, 'is lost'],
    [3, 2, 'returns'],
  ],
  ends: 5.5,
}
/** With a member's events at other times. */
function moved(uid: number, by: number): PlanEvent[] {
  return REAL.events.map(([at, who, act]) => [who === uid ? at + by : at, who, act])
}
/** With members in swapped roles. */
const swapped = REAL.events.map(([at, uid, act]): PlanEvent => [at, 3 - uid, act])

function expectAll(said: readonly string[], words: readonly string[]): void {
  const unsaid = words.filter((start) => !said.some((one) => one.startsWith(start)))
  expect({ unsaid, said }).toEqual({ unsaid: [], said })
}

/** End of the other member's file name. */
function otherEnding(name: string): string {
  return name.slice(-'1.aac'.length).replace(/^[12]/, (uid) => String(3 - Number(uid)))
}

describeWithFfmpeg('a call that went otherwise is told by its files', () => {
  let call: Awaited<ReturnType<typeof perform>>
  /** Content of each file. */
  const decoded = new Map<string, Watched>()
  beforeAll(async () => {
    call = await perform(REAL)
    for (const { filename } of call.files) decoded.set(filename, await watch(call.stage.path(filename)))
  })
  afterAll(async () => await call.stage.dispose())
  const watched = async (name: string): Promise<Watched> => decoded.get(name) ?? (await watch(name))
  const complaints = async (plan: Partial<Plan>): Promise<string[]> =>
    await judge({ ...REAL, ...plan }, call.files, watched)
  test('reports nothing for a correct recording', async () => {
    expect(await complaints({})).toEqual([])
  })

  test.each<[string, Partial<Plan>, string[]]>([
    [
      'a member is 0.3 s late',
      { events: moved(2, -0.3) },
      ['mix: member 2: beeps are missing', "mix: members' flashes are 0."],
    ],
    [
      'a member is 0.2 s late',
      { events: moved(2, -0.2) },
      ["mix: members' beeps are 0.", "mix: members' flashes are 0.", 'mix: member 2: beeps are 0.'],
    ],
    [
      'they have each other’s parts',
      { events: swapped },
      ['aac of 1: beeps at 2.2', 'mix: member 1: at 0.5 its camera', 'mix: member 2: at 0.5 its camera'],
    ],
    [
      'a muted member is heard',
      { events: [...REAL.events, [1.5, 1, 'mutes']] },
      ['aac of 1: beeps at 2.0', 'mix: member 1: beeps at 2.0'],
    ],
    [
      'a covered camera is seen',
      { events: [...REAL.events, [1.5, 1, 'camera off']] },
      ['mp4 of 1: flashes at 2.0', 'mp4 of 1: at 2.3 it shows', 'mix: member 1: at 2.3 its card'],
    ],
    [
      'one who left has a place',
      { events: [...REAL.events, [4.5, 2, 'leaves']] },
      ['mix: member 1: at 4.9 its camera'],
    ],
    ['there are files that nobody asked for', { asks: [{ type: '1' }, {}] }, ['the files are 1 aac 0']],
    ['nobody is large', { asks: [{ hostSpeaker: true }, {}] }, ['mix: member 2: at 0.7']],
    ['it is longer', { ends: 5.2 }, ['mp4 of 1: it lasts 5.', 'mix: it lasts 5.']],
  ])('%s', async (_, plan, words) => {
    expectAll(await complaints(plan), words)
  })

  test("detects a member's files in another's place", async () => {
    const names = call.files.map(({ filename }) => filename)
    const another = async (name: string): Promise<Watched> =>
      await watched(names.find((one) => one.endsWith(otherEnding(name))) ?? name)
    expectAll(await judge(REAL, call.files, another), [
      'aac of 1: beeps are missing',
      'aac of 1: member 2 is heard in it',
      'mp4 of 2: member 1 is heard in it',
      'mp4 of 2: at 0.7 it shows 0,0,14',
    ])
  })
})
