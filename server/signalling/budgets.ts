import { CODE } from '../../miniprogram/netcall/constants'
import { Refusal } from '../websocket/refusal'
import { Rates } from '../rates'

/** Rate limits of one account: average per second, and burst. `ToOne`: towards one other account. */
const BUDGETS = {
  calls: { perSecond: 0.5, burst: 10, what: 'calls' },
  callsToOne: { perSecond: 0.1, burst: 5, what: 'calls to one account' },
  rings: { perSecond: 1, burst: 5, what: 'repetitions of a call' },
  controls: { perSecond: 5, burst: 40, what: 'control commands' },
  rooms: { perSecond: 1, burst: 20, what: 'rooms' },
  contacts: { perSecond: 1, burst: 20, what: 'lists of contacts' },
  messages: { perSecond: 5, burst: 40, what: 'messages' },
  messagesToOne: { perSecond: 2, burst: 20, what: 'messages to one account' },
} as const
type BudgetName = keyof typeof BUDGETS

/** Limits what accounts ask of the service and of each other. */
export class Budgets {
  private readonly rates = new Map<BudgetName, Rates>()

  constructor(private readonly onRefused: () => void = () => {}) {}

  /**
   * Takes one from a budget of `account`. Throws a `Refusal` 416, NetEase's code of frequency control, when it is used up.
   * @param field of the request, for the message
   */
  spend(name: BudgetName, field: string, account: string, other = ''): void {
    const { perSecond, burst, what } = BUDGETS[name]
    const rates = this.rates.get(name) ?? new Rates(perSecond, burst)
    this.rates.set(name, rates)
    // Account names contain no spaces.
    if (rates.take(`${account} ${other}`)) return
    this.onRefused()
    throw new Refusal(
      CODE.tooOften,
      `${field}: too many ${what} in a short time (${burst} at once, then one in ${1 / perSecond} s)`,
    )
  }
}
