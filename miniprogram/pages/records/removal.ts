import type { AppContext } from '../../app-context'
import type { Call } from './merge'

/** Whether it is over: a call under way stays where it is. */
export function canBeRemoved({ outcome }: Call): boolean {
  return outcome !== null
}

/** The numbers by which the service may know a call, whether or not it told of it: it tells of the newest only. */
export function numbersOf({ record, past, crossed }: Call): number[] {
  const cid = record?.cid ?? past?.cid ?? null
  return cid === null ? crossed : [cid, ...crossed]
}

/**
 * Takes calls off the account's list: first at the service, where it may know them, then on this phone. Answers with
 * those that are gone, and the `RecordsError` of the first that could not go, at which it stops.
 */
export async function removeCalls(
  calls: readonly Call[],
  { session, history }: Pick<AppContext, 'session' | 'history'>,
): Promise<{ gone: Call[]; problem: unknown }> {
  const gone: Call[] = []
  let problem: unknown = null
  for (const call of calls) {
    try {
      for (const cid of numbersOf(call)) await session.records.remove(cid)
      gone.push(call)
    } catch (error) {
      problem = error
      break
    }
  }
  history.forget(gone.flatMap(({ past }) => past ?? []))
  return { gone, problem }
}
