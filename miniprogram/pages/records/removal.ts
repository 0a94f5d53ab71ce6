import type { AppContext } from '../../app-context'
import type { Call } from './merge'

/** Whether it has ended: running calls are not removed. */
export function canBeRemoved({ outcome }: Call): boolean {
  return outcome !== null
}

/** Numbers by which the service may know the call, also if it is not among the newest ones that the service returned. */
export function numbersOf({ record, past, crossed }: Call): number[] {
  const cid = record?.cid ?? past?.cid ?? null
  return cid === null ? crossed : [cid, ...crossed]
}

/**
 * Removes calls from the account's list: first at the service, if it may know them, then on this phone. Returns the removed ones, and the
 * `RecordsError` of the first failure, at which it stops.
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
