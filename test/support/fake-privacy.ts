/** WeChat's side of the privacy guideline, by its documentation: its dialog asks. */
export interface FakePrivacy {
  /** Whether the dialog is open. */
  readonly asking: boolean
  answer(agreed: boolean): void
}

/** From now on the user has not agreed yet. */
export function needAgreement(): FakePrivacy {
  let agreed = false
  let question: { success(): void; fail(): void } | null = null
  Object.assign(wx, {
    getPrivacySetting: jest.fn(({ success }) =>
      success({ needAuthorization: !agreed, privacyContractName: '《指引》' }),
    ),
    requirePrivacyAuthorize: jest.fn((asked: { success(): void; fail(): void }) => (question = asked)),
  })
  return {
    get asking() {
      return question !== null
    },
    answer(given) {
      agreed = given
      const asked = question
      question = null
      if (given) asked?.success()
      else asked?.fail()
    },
  }
}
