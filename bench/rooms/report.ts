import { ENGINES, type EngineName } from '../relay/engine'
import { median } from '../statistics'
import { fineMs, table } from '../table'

/** A number of equal rooms in which everybody publishes and plays all others. */
export interface Scene {
  rooms: number
  members: number
}

export interface RoomFigures {
  /** Time until all members have joined, ms. */
  opening: number
  /** Percent of one core. */
  cpu: number
  /** MB: total, and growth with the rooms. */
  memory: number
  added: number
  /** Delay of the tags, ms. */
  p50: number
  p99: number
  /** Tags that a player never received. */
  missing: number
  /** Lateness of the load client for the worst hundredth of tags, ms. */
  late: number
  /** CPU of the load client, percent of one core, and total, percent of all cores. */
  generator: number
  machine: number
}
/** `<engine> <rooms>` → one entry per round. */
export type RoomResults = Map<`${EngineName} ${number}`, RoomFigures[]>

/** Above these limits figures describe the machine instead of the engine: percent, and ms per frame. */
const FULL = 95
const TOO_LATE = 67

const HEAD = [
  'rooms, engine',
  'rounds',
  'streams',
  'plays',
  'CPU %',
  'CPU % a stream',
  'memory MB',
  'MB a stream',
  'delay p50',
  'delay p99',
  'missing tags',
  'load CPU %',
  'sent late, p99',
  'machine CPU %',
]

/** Rows of every engine, and the service as a multiple of nginx. */
export function roomsTable(scenes: readonly Scene[], results: RoomResults): string {
  return table(
    HEAD,
    scenes.flatMap((scene) => sceneRows(scene, results)),
  )
}

/** A sentence per engine on how much the machine could do in real time. */
export function carried(scenes: readonly Scene[], results: RoomResults): string {
  const parts = ENGINES.flatMap((engine) => {
    const measured = scenes.flatMap((scene) => {
      const rounds = results.get(`${engine} ${scene.rooms}`)
      return rounds ? [{ ...scene, why: overload(summary(rounds)) }] : []
    })
    if (measured.length === 0) return []
    const most = measured.findLast(({ why }) => why === null)
    const over = measured.filter(({ why }) => why !== null)
    const within = most ? `up to ${shape(most)} in real time` : 'not even the smallest in real time'
    return [`${engine}: ${[within, ...over.map((one) => `${shape(one)} not: ${one.why}`)].join('; ')}.`]
  })
  return parts.join('\n')
}

const shape = ({ rooms, members }: Scene): string => `${rooms} ${rooms === 1 ? 'room' : 'rooms'} of ${members}`

/** Why the figures are those of an overloaded machine; null if it is not. */
function overload({ generator, machine, late }: RoomFigures): string | null {
  if (generator > FULL) return 'the load client itself had no processor time left'
  if (machine > FULL) return 'the machine had no processor time left'
  return late > TOO_LATE ? `the load client sent up to ${late.toFixed(0)} ms late` : null
}

function sceneRows(scene: Scene, results: RoomResults): string[][] {
  const streams = scene.rooms * scene.members
  const measured = ENGINES.flatMap((engine) => {
    const rounds = results.get(`${engine} ${scene.rooms}`)
    return rounds
      ? [{ engine, figures: summary(rounds), counted: `${carriedOf(rounds).length} of ${rounds.length}` }]
      : []
  })
  const name = `${scene.rooms} × ${scene.members}`
  const rows = measured.map(({ engine, figures, counted }) => [
    `${name}, ${engine}`,
    counted,
    `${streams}`,
    `${streams * (scene.members - 1)}`,
    figures.cpu.toFixed(1),
    (figures.cpu / streams).toFixed(3),
    figures.memory.toFixed(0),
    (figures.added / streams).toFixed(3),
    fineMs(figures.p50),
    fineMs(figures.p99),
    `${figures.missing}`,
    figures.generator.toFixed(0),
    fineMs(figures.late),
    figures.machine.toFixed(0),
  ])
  const [ours, theirs] = measured
  if (!ours || !theirs) return rows
  const ratio = (key: keyof RoomFigures): string => `× ${(ours.figures[key] / theirs.figures[key]).toFixed(2)}`
  const ratios = ['', '', '', ratio('cpu'), ratio('cpu'), ratio('memory'), ratio('added'), ratio('p50'), ratio('p99')]
  return [...rows, [`${name}, ratio`, ...ratios]]
}

/** Rounds without overload. */
function carriedOf(rounds: readonly RoomFigures[]): RoomFigures[] {
  return rounds.filter((round) => overload(round) === null)
}

/** Their medians; of all rounds if all were overloaded. */
function summary(rounds: readonly RoomFigures[]): RoomFigures {
  const counted = carriedOf(rounds)
  return medians(counted.length > 0 ? counted : rounds)
}

function medians(rounds: readonly RoomFigures[]): RoomFigures {
  const of = (key: keyof RoomFigures): number => median(rounds.map((round) => round[key]))
  return {
    opening: of('opening'),
    cpu: of('cpu'),
    memory: of('memory'),
    added: of('added'),
    p50: of('p50'),
    p99: of('p99'),
    missing: rounds.reduce((sum, { missing }) => sum + missing, 0),
    late: of('late'),
    generator: of('generator'),
    machine: of('machine'),
  }
}
