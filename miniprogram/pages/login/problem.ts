import type { SignInProblem } from '../../services/session'
import { fill, type Texts } from '../../texts/index'

/** What the form says of a sign-in that failed: at a field (a key of the login texts), or as a sentence with a way out. */
export interface ShownProblem {
  accountProblem: '' | 'accountEmpty' | 'accountInvalid'
  serviceProblem: '' | 'serviceEmpty' | 'serviceInvalid'
  problem: { title: string; help: string } | null
}

const NOTHING: ShownProblem = { accountProblem: '', serviceProblem: '', problem: null }

/** @param form what was typed */
export function showProblem(
  problem: SignInProblem | null,
  form: { account: string; service: string },
  words: Texts<'login'>,
): ShownProblem {
  if (!problem) return NOTHING
  const { reason, detail } = problem
  if (reason === 'invalid-account') {
    return { ...NOTHING, accountProblem: form.account.trim() ? 'accountInvalid' : 'accountEmpty' }
  }
  if (reason === 'invalid-service') {
    return { ...NOTHING, serviceProblem: form.service.trim() ? 'serviceInvalid' : 'serviceEmpty' }
  }
  const say = (text: string): string => fill(text, { account: form.account, service: form.service, detail })
  return { ...NOTHING, problem: { title: say(words[reason]), help: say(words[`${reason}Help`]) } }
}
