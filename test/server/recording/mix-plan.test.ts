/** The plan of a mix: members, places and ffmpeg's arguments, without encoding. */
import { CANVAS, fitInto, placesFor } from '../../../server/recording/compose/layout'
import { FRAME_RATE, planMix, type MixPlan } from '../../../server/recording/compose/plan'
import { sceneArgs, soundArgs } from '../../../server/recording/compose/ffmpeg-args'
import { presentSpans, shownSpans, type MixSource, type Span } from '../../../server/recording/compose/source'
import type { MemberLogEntry } from '../../../server/recording/spool/member-log'

const ORIGIN = 1_000_000
/** Times in seconds of the call. */
const span = (from: number, to: number): Span => ({ from: ORIGIN + from * 1000, to: ORIGIN + to * 1000 })

interface Member {
  present: [number, number][]
  shown?: [number, number][]
  /** Pieces of its own files; omitted: one, for its whole time. */
  picture?: [number, number][]
  silent?: boolean
  host?: boolean
}
function source(uid: number, { present, shown = [], picture, silent = false, host = false }: Member): MixSource {
  const whole: [number, number] = [present[0]?.[0] ?? 0, present.at(-1)?.[1] ?? 0]
  const pieces = picture ?? (shown.length > 0 ? [whole] : [])
  return {
    uid,
    account: `user-${uid}`,
    caller: uid === 1,
    asked: true,
    mixOnly: false,
    hostSpeaker: host,
    present: present.map(([from, to]) => span(from, to)),
    shown: shown.map(([from, to]) => span(from, to)),
    sound: silent ? [] : [{ path: `${uid}.aac`, ...span(...whole), length: (whole[1] - whole[0]) * 1000 }],
    picture: pieces.map(([from, to], index) => ({
      path: `${uid}-${index}.mp4`,
      ...span(from, to),
      length: (to - from) * 1000,
      width: 360,
      height: 640,
    })),
  }
}
/** Each scene as `from-to: members`; in brackets for a card. Seconds. */
function scenes(plan: MixPlan | null): string[] {
  return (plan?.scenes ?? []).map(({ first, frames, tiles }) => {
    const names = tiles.map(({ account, picture }) => {
      const name = account.replace('user-', '')
      return picture ? name : `(${name})`
    })
    return `${first / FRAME_RATE}-${(first + frames) / FRAME_RATE}: ${names.join(' ')}`
  })
}

describe('scenes', () => {
  test.each<[string, Member[], string[]]>([
    ['one, from beginning to end', [{ present: [[0, 10]], shown: [[0, 10]] }], ['0-10: 1']],
    [
      'two, the second comes later and goes earlier',
      [
        { present: [[0, 10]], shown: [[0, 10]] },
        { present: [[2, 8]], shown: [[2, 8]] },
      ],
      ['0-2: 1', '2-8: 1 2', '8-10: 1'],
    ],
    [
      'in the order of joining, not of numbers',
      [
        { present: [[1, 10]], shown: [[1, 10]] },
        { present: [[0, 10]], shown: [[0, 10]] },
      ],
      ['0-1: 2', '1-10: 2 1'],
    ],
    [
      'a camera that goes off and on',
      [
        {
          present: [[0, 9]],
          shown: [
            [0, 3],
            [6, 9],
          ],
        },
      ],
      ['0-3: 1', '3-6: (1)', '6-9: 1'],
    ],
    [
      'who left and came back has its place of before',
      [
        {
          present: [
            [0, 3],
            [6, 9],
          ],
          shown: [[0, 9]],
        },
        { present: [[0, 9]], shown: [[0, 9]] },
      ],
      ['0-3: 1 2', '3-6: 2', '6-9: 1 2'],
    ],
    ['sound alone is a card', [{ present: [[0, 4]], shown: [[0, 4]] }, { present: [[0, 4]] }], ['0-4: 1 (2)']],
    [
      'nobody there for a while',
      [{ present: [[0, 2]], shown: [[0, 2]] }, { present: [[4, 6]] }],
      ['0-2: 1', '2-4: ', '4-6: (2)'],
    ],
    [
      'another piece of the picture is another scene',
      [
        {
          present: [[0, 8]],
          shown: [[0, 8]],
          picture: [
            [0, 5],
            [5, 8],
          ],
        },
      ],
      ['0-5: 1', '5-8: 1'],
    ],
    [
      'hours are drawn in parts',
      [{ present: [[0, 600]], shown: [[0, 600]] }],
      ['0-240: 1', '240-480: 1', '480-600: 1'],
    ],
    ['no picture at all: no scenes', [{ present: [[0, 5]] }, { present: [[1, 6]] }], []],
  ])('%s', (_, members, expected) => {
    const plan = planMix(members.map((member, index) => source(index + 1, member)))
    expect(scenes(plan)).toEqual(expected)
    const frames = plan?.scenes.map((scene) => [scene.first, scene.first + scene.frames]) ?? []
    // Without gap or overlap.
    expect(frames.slice(1).map(([first]) => first)).toEqual(frames.slice(0, -1).map(([, end]) => end))
  })

  test("a scene begins in a picture's file at the right position", () => {
    const plan = planMix([
      source(1, { present: [[0, 600]], shown: [[0, 600]] }),
      source(2, { present: [[2.525, 10]], shown: [[4, 10]] }),
    ])
    const starts = plan?.scenes.flatMap(({ tiles }) => tiles.map(({ picture }) => picture && Math.round(picture.at)))
    // 2.525 s is frame 50.5: a scene begins with frame 51. 4 s and 10 s are frames 80 and 200.
    expect(starts).toEqual([0, 2550, null, 4000, 1475, 10_000, 250_000, 490_000])
  })

  test('nothing to mix gives no plan', () => {
    expect(planMix([])).toBeNull()
    expect(planMix([source(1, { present: [[0, 5]], silent: true })])).toBeNull()
  })

  test('voices are as long as the mix, with silence in gaps', () => {
    const plan = planMix([
      source(1, { present: [[0, 10]] }),
      source(2, { present: [[2.5, 8]] }),
      source(3, { present: [[0, 10]], shown: [[0, 10]], silent: true }),
    ])
    expect(plan).toMatchObject({ origin: ORIGIN, length: 10_000 })
    expect(plan?.voices).toEqual([
      [{ path: '1.aac', length: 10_000, speed: 1 }],
      [
        { path: null, length: 2500, speed: 1 },
        { path: '2.aac', length: 5500, speed: 1 },
        { path: null, length: 2000, speed: 1 },
      ],
    ])
  })
})

describe('layout', () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 25])('%i members: inside, even, disjoint', (count) => {
    for (const main of [null, 0, count - 1]) {
      const places = placesFor(count, main)
      expect(places).toHaveLength(count)
      for (const [index, { x, y, width, height }] of places.entries()) {
        expect([x % 2, y % 2, width % 2, height % 2]).toEqual([0, 0, 0, 0])
        expect(x >= 0 && y >= 0 && x + width <= CANVAS.width && y + height <= CANVAS.height).toBe(true)
        expect(width > 0 && height > 0).toBe(true)
        const others = places.slice(index + 1)
        const apart = others.every(
          (one) => one.x >= x + width || one.x + one.width <= x || one.y >= y + height || one.y + one.height <= y,
        )
        expect(apart).toBe(true)
      }
      if (main !== null && count > 1) {
        const sizes = places.map(({ width, height }) => width * height)
        expect(sizes.indexOf(Math.max(...sizes))).toBe(main)
      }
    }
  })

  test('the main speaker keeps its position in joining order', () => {
    const plan = planMix([1, 2, 3].map((uid) => source(uid, { present: [[0, 4]], shown: [[0, 4]], host: uid > 1 })))
    const tiles = plan?.scenes[0]?.tiles ?? []
    expect(tiles.map(({ account }) => account)).toEqual(['user-1', 'user-2', 'user-3'])
    expect(tiles.map(({ place }) => place.width)).toEqual([160, 480, 160])
  })

  test.each([
    [
      { width: 360, height: 640 },
      { x: 24, y: 0, width: 270, height: 480 },
    ],
    [
      { width: 640, height: 480 },
      { x: 0, y: 120, width: 320, height: 240 },
    ],
    [
      { width: 2000, height: 2 },
      { x: 0, y: 238, width: 320, height: 2 },
    ],
  ])('a picture of %j keeps its aspect ratio in half of the canvas', (picture, place) => {
    const fitted = fitInto({ x: 0, y: 0, width: 320, height: 480 }, picture)
    expect(fitted).toEqual(place)
  })
})

const placed = (spans: [number, number][], runs: [number, number][] = []) =>
  spans.map(([from, to]) => ({
    start: from * 1000,
    end: to * 1000,
    shown: runs.map(([start, end]) => ({ from: start * 1000, to: end * 1000 })),
  }))
const seconds = (spans: readonly Span[]) => spans.map(({ from, to }) => [(from - ORIGIN) / 1000, (to - ORIGIN) / 1000])
const mark = (at: number, presence: MemberLogEntry['presence']): MemberLogEntry => ({
  at: ORIGIN + at * 1000,
  presence,
})

describe('presence of a member', () => {
  test.each<[string, [number, number][], MemberLogEntry[], number[][]]>([
    ['one publication', [[0.2, 9]], [], [[0, 9]]],
    [
      'a break',
      [
        [0, 4],
        [9, 12],
      ],
      [],
      [[0, 12]],
    ],
    [
      'a break that is too long',
      [
        [0, 4],
        [60, 70],
      ],
      [],
      [
        [0, 49],
        [60, 70],
      ],
    ],
    [
      'left and back',
      [
        [0, 4],
        [9, 12],
      ],
      [mark(4.1, 'left'), mark(9, 'picture')],
      [
        [0, 4.1],
        [9, 12],
      ],
    ],
    [
      'left a moment before the last frame came',
      [
        [0, 4],
        [9, 12],
      ],
      [mark(3.8, 'left')],
      [
        [0, 4],
        [9, 12],
      ],
    ],
    ['lost, and given up at last', [[0, 4]], [mark(34, 'left')], [[0, 34]]],
    ['lost, and never noticed', [[0, 4]], [mark(400, 'left')], [[0, 49]]],
  ])('%s', (_, segments, marks, expected) => {
    expect(seconds(presentSpans(placed(segments), ORIGIN, marks))).toEqual(expected)
  })

  test.each<[string, MemberLogEntry[], number[][]]>([
    // The last one is held for half a second.
    ['says nothing', [], [[1, 9.5]]],
    ['camera off', [mark(3, 'sound')], [[1, 3]]],
    [
      'off and on',
      [mark(3, 'sound'), mark(5, 'picture')],
      [
        [1, 3],
        [5, 9.5],
      ],
    ],
    ['off from before', [mark(0, 'sound'), mark(5, 'picture')], [[5, 9.5]]],
  ])('a picture of a member that %s', (_, marks, expected) => {
    expect(seconds(shownSpans(placed([[0, 10]], [[1, 9]]), ORIGIN, marks))).toEqual(expected)
  })

  test.each<[string, [number, number][], [number, number][], number[][]]>([
    ['ends shortly before the sound', [[0, 10]], [[0, 9.8]], [[0, 10]]],
    ['comes a few frames after the sound', [[0, 10]], [[0.2, 10]], [[0, 10]]],
    ['comes later', [[0, 10]], [[0.4, 10]], [[0.4, 10]]],
    [
      'stops for a moment',
      [[0, 10]],
      [
        [0, 4],
        [4.4, 10],
      ],
      [[0, 10]],
    ],
    [
      'stops for long',
      [[0, 10]],
      [
        [0, 4],
        [8, 10],
      ],
      [
        [0, 4.5],
        [8, 10],
      ],
    ],
  ])('a picture that %s', (_, segments, runs, expected) => {
    expect(seconds(shownSpans(placed(segments, runs), ORIGIN, []))).toEqual(expected)
  })
})

describe('ffmpeg arguments', () => {
  const plan = planMix([
    source(1, { present: [[0, 10]], shown: [[0, 10]] }),
    source(2, { present: [[2, 10]], shown: [[4, 10]] }),
  ])

  test('a scene: each picture from its moment, at its place, and no more frames than it has', () => {
    const args = sceneArgs(plan?.scenes[2] ?? { first: 0, frames: 0, tiles: [] }, 'cards.ppm').join(' ')
    expect(args).toContain('-ss 4.000 -threads 1 -protocol_whitelist file,pipe -f mp4 -i 1-0.mp4')
    expect(args).toContain('-ss 2.000 -threads 1 -protocol_whitelist file,pipe -f mp4 -i 2-0.mp4')
    expect(args).toContain('overlay=x=24:y=0')
    expect(args).toContain('overlay=x=344:y=0')
    expect(args).toContain('-frames:v 120 ')
    expect(args).toContain('[canvas2]')
  })

  test('audio: every voice as long as the mix with equal weight, for builds of 2018', () => {
    const args = soundArgs(plan?.voices ?? [], 10_000)
    const graph = args[args.indexOf('-filter_complex') + 1] ?? ''
    expect(graph).toContain('amix=inputs=2,volume=2')
    expect(graph).toContain('end_sample=96000')
    expect(graph).not.toContain('normalize')
    expect(args.filter((word) => word === '-i')).toHaveLength(2)
    expect(soundArgs(plan?.voices.slice(0, 1) ?? [], 10_000).join(' ')).not.toContain('amix')
  })
})
