/** The tested calls: requests and events. */
import { FAULTY } from './faulty-plans'
import type { Plan, PlanEvent } from './plan'

/** All members from the beginning, shortly after one another. */
const all = (count: number): PlanEvent[] =>
  Array.from({ length: count }, (_, index) => [index * 0.2, index + 1, 'joins'] as const)

/** Requests. */
const ASKED: readonly Plan[] = [
  { name: 'two members ask for a mix and singles', asks: [{ type: '0' }], events: all(2), ends: 5.5 },
  { name: 'two members ask for a mix only', asks: [{ type: '1' }], events: all(2), ends: 4.5 },
  { name: 'two members ask for singles only', asks: [{ type: '2' }], events: all(2), ends: 4.5 },
  { name: 'two members ask for sound only', asks: [{ type: '0', video: false }], events: all(2), ends: 4.5 },
  { name: 'two members ask for pictures only', asks: [{ type: '0', audio: false }], events: all(2), ends: 4.5 },
  {
    name: 'three members ask for different things, and each gets what it asked for',
    usual: true,
    asks: [{ type: '2' }, { type: '1', video: false }, { type: '0', audio: false, live: true }],
    events: all(3),
    ends: 4.5,
  },
  {
    name: 'one of five members asks for a mix, which has in it what the others record',
    asks: [
      { type: '1' },
      { type: '2', video: false },
      { type: '2', audio: false },
      { type: '2' },
      { audio: false, video: false, live: true },
    ],
    events: all(5),
    ends: 4.5,
  },
  {
    name: 'three members ask for a mix only, the second without its sound, the third without its picture',
    asks: [{ type: '1' }, { type: '1', audio: false }, { type: '1', video: false }],
    events: all(3),
    ends: 3.5,
  },
  {
    name: 'one of two members asks for nothing, and is in no file',
    asks: [{ type: '0' }, { audio: false, video: false }],
    events: all(2),
    ends: 4.5,
  },
]

/** Joining and leaving. */
const COMING: readonly Plan[] = [
  {
    name: 'the second member comes late',
    asks: [{}],
    events: [
      [0, 1, 'joins'],
      [2.35, 2, 'joins'],
    ],
    ends: 5.5,
  },
  {
    name: 'the first member leaves early, and the mix continues',
    asks: [{}],
    events: [...all(2), [2.5, 1, 'leaves']],
    ends: 5.55,
  },
  {
    name: 'three members come and go one after another, in a mix only',
    asks: [{ type: '1' }],
    events: [
      [0, 1, 'joins'],
      [1.25, 2, 'joins'],
      [2.4, 3, 'joins'],
      [3.5, 1, 'leaves'],
      [4.65, 2, 'leaves'],
    ],
    ends: 6.05,
  },
  {
    name: 'five members come and go, and the grid follows',
    usual: true,
    asks: [{ type: '0' }, { type: '1' }, { type: '1' }, { type: '1' }, { type: '1' }],
    events: [
      [0, 2, 'joins'],
      [0.2, 1, 'joins'],
      [1.15, 4, 'joins'],
      [1.3, 3, 'joins'],
      [2.4, 5, 'joins'],
      [3.65, 1, 'leaves'],
      [4.7, 2, 'leaves'],
    ],
    ends: 5.9,
  },
  {
    name: 'five members come at odd moments, whose flashes lie between the pictures of a mix',
    asks: [{ type: '1' }],
    events: [
      [0, 1, 'joins'],
      [0.709, 2, 'joins'],
      [1.375, 3, 'joins'],
      [1.517, 4, 'joins'],
      [2.317, 5, 'joins'],
      [3.6, 1, 'leaves'],
    ],
    ends: 4.9,
  },
  {
    name: 'who left comes again, into the place of its first coming and the same files',
    usual: true,
    asks: [{}],
    events: [...all(2), [1.5, 1, 'leaves'], [3.1, 1, 'returns']],
    ends: 5.7,
  },
  {
    name: 'two members are never there together',
    asks: [{}],
    events: [
      [0, 1, 'joins'],
      [1.5, 1, 'leaves'],
      [2.2, 2, 'joins'],
    ],
    ends: 4.7,
  },
]

/** Audio and video on and off. */
const OWN_MEDIA: readonly Plan[] = [
  {
    name: 'one of two members mutes its sound for a while',
    asks: [{}],
    events: [...all(2), [1.5, 1, 'mutes'], [3.5, 1, 'unmutes']],
    ends: 5.6,
  },
  {
    name: 'one of two members covers its camera for a while',
    usual: true,
    asks: [{}],
    events: [...all(2), [1.7, 2, 'camera off'], [3.2, 2, 'camera on']],
    ends: 5.7,
  },
  {
    name: 'five members, of whom two are muted and two have their cameras off',
    asks: [{ type: '1' }],
    events: [
      ...all(5),
      [1.5, 1, 'mutes'],
      [1.7, 2, 'camera off'],
      [1.9, 3, 'mutes'],
      [2.1, 4, 'to voice'],
      [3.1, 4, 'to picture'],
      [3.2, 2, 'camera on'],
      [3.5, 1, 'unmutes'],
    ],
    ends: 5.35,
  },
  {
    name: 'a call by voice',
    asks: [{}],
    events: [
      [0, 1, 'joins by voice'],
      [0.75, 2, 'joins by voice'],
    ],
    ends: 4.5,
  },
  {
    name: 'a call by voice that becomes a video call',
    asks: [{}],
    events: [
      [0, 1, 'joins by voice'],
      [0.2, 2, 'joins by voice'],
      [2, 1, 'to picture'],
      [2.2, 2, 'to picture'],
    ],
    ends: 5.5,
  },
  {
    name: 'a video call that becomes a call by voice, and a video call again',
    asks: [{}],
    events: [...all(2), [1.5, 1, 'to voice'], [1.7, 2, 'to voice'], [3, 1, 'to picture'], [3.2, 2, 'to picture']],
    ends: 5.5,
  },
  {
    name: 'a voice among three pictures',
    asks: [{ type: '2' }, { type: '0' }, { type: '2' }],
    events: [
      [0, 1, 'joins'],
      [0.2, 2, 'joins by voice'],
      [0.4, 3, 'joins'],
    ],
    ends: 4.55,
  },
]

/** Lost and changed streams. */
const STREAMS: readonly Plan[] = [
  {
    name: 'a lost publisher comes back after a second and a half',
    asks: [{}],
    events: [...all(2), [1.75, 2, 'is lost'], [3.25, 2, 'returns']],
    ends: 5.8,
  },
  {
    name: 'a publisher is replaced at once by its next',
    asks: [{}],
    events: [...all(2), [2.75, 1, 'returns']],
    ends: 5.4,
  },
  {
    name: 'two of three members are lost at the same time',
    asks: [{ type: '0' }, { type: '1' }, { type: '2' }],
    events: [...all(3), [1.5, 1, 'is lost'], [1.65, 2, 'is lost'], [3.1, 2, 'returns'], [3.3, 1, 'returns']],
    ends: 5.75,
  },
  {
    name: 'a phone that turns makes another piece',
    asks: [{}],
    events: [...all(2), [2, 1, 'turns the phone']],
    ends: 4.55,
  },
  {
    name: 'a phone that turns there and back makes three pieces',
    asks: [{}, { type: '2' }],
    // Not in the middle of a beep, which two pieces would share.
    events: [...all(2), [1.7, 2, 'turns the phone'], [3.7, 2, 'turns the phone']],
    ends: 5.7,
  },
  {
    name: 'who comes back with its phone turned makes another piece',
    usual: true,
    asks: [{ type: '2' }, { type: '1' }, { type: '1' }],
    events: [...all(3), [1.5, 1, 'is lost'], [2.5, 1, 'turns the phone'], [3.1, 1, 'returns']],
    ends: 5.6,
  },
  {
    name: 'a voice that is lost, mutes, and shows itself after it came back',
    usual: true,
    asks: [{}],
    events: [
      [0, 1, 'joins'],
      [0.2, 2, 'joins by voice'],
      [1.75, 2, 'is lost'],
      [2.25, 2, 'returns'],
      [3.75, 2, 'mutes'],
      [4.25, 2, 'to picture'],
    ],
    ends: 5.9,
  },
]

/** Main speakers. */
const MAIN_SPEAKERS: readonly Plan[] = [
  {
    name: 'two members, the second of them the main speaker',
    asks: [{}, { hostSpeaker: true }],
    events: all(2),
    ends: 4.5,
  },
  {
    name: 'three members, of whom the main speaker comes late and goes early',
    usual: true,
    asks: [{ type: '1' }, { type: '1', hostSpeaker: true }, { type: '1' }],
    events: [
      [0, 1, 'joins'],
      [0.2, 3, 'joins'],
      [1.4, 2, 'joins'],
      [3.75, 2, 'leaves'],
    ],
    ends: 5,
  },
  {
    name: 'five members, of whom two ask to be large and the first of them is, its camera off at last',
    asks: [
      { type: '1' },
      { type: '1' },
      { type: '1', hostSpeaker: true },
      { type: '1', hostSpeaker: true },
      { type: '1' },
    ],
    events: [...all(5), [2.9, 3, 'camera off']],
    ends: 5.35,
  },
]

export const PLANS: readonly (readonly [what: string, plans: readonly Plan[]])[] = [
  ['who asks for what', ASKED],
  ['who comes and goes', COMING],
  ['who is heard and seen', OWN_MEDIA],
  ['whose stream breaks off or changes', STREAMS],
  ['who is large', MAIN_SPEAKERS],
  ['whose publisher is faulty', FAULTY],
]
