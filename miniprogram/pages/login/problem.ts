import type { ProviderName } from '../../netcall/config'
import type { SignInProblem } from '../../services/session'
import { fill, type Texts } from '../../texts/index'

/** A failed sign-in as shown by the form: at a field (a key of the login texts), or as a sentence with a way out. */
export interface ShownProblem {
  accountProblem: '' | 'accountEmpty' | 'accountInvalid' | 'yunxinAccountRule'
  serviceProblem: '' | 'serviceEmpty' | 'serviceInvalid'
  appKeyProblem: '' | 'appKeyInvalid'
  problem: { title: string; help: string } | null
}

const NOTHING: ShownProblem = { accountProblem: '', serviceProblem: '', appKeyProblem: '', problem: null }

/** The sentence's key, for the local service and for NetEase's. */
const SENTENCES = {
  local: { unreachable: 'unreachable', refused: 'refused', kicked: 'kicked', 'not-installed': 'notInstalled' },
  yunxin: {
    unreachable: 'yunxinUnreachable',
    refused: 'yunxinRefused',
    kicked: 'kicked',
    'not-installed': 'notInstalled',
  },
} as const

/** @param form the input */
export function showProblem(
  problem: SignInProblem | null,
  form: { account: string; service: string; provider: ProviderName },
  words: Texts<'login'>,
): ShownProblem {
  if (!problem) return NOTHING
  const { reason, detail } = problem
  if (reason === 'invalid-account') {
    const invalid = form.provider === 'yunxin' ? 'yunxinAccountRule' : 'accountInvalid'
    return { ...NOTHING, accountProblem: form.account.trim() ? invalid : 'accountEmpty' }
  }
  if (reason === 'invalid-service') {
    return { ...NOTHING, serviceProblem: form.service.trim() ? 'serviceInvalid' : 'serviceEmpty' }
  }
  if (reason === 'invalid-app-key') return { ...NOTHING, appKeyProblem: 'appKeyInvalid' }
  const say = (text: string): string => fill(text, { account: form.account, service: form.service, detail })
  const sentence = SENTENCES[form.provider][reason]
  return { ...NOTHING, problem: { title: say(words[sentence]), help: say(words[`${sentence}Help`]) } }
}
