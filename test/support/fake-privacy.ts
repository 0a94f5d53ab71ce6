/** WeChat's side of the privacy guideline, by its documentation: requests wait for the agreement. */
import { AGREE_BUTTON } from '../../miniprogram/services/privacy'

type Answer = WechatMiniprogram.PrivacyAnswer

export interface FakePrivacy {
  /** All answers given to WeChat. */
  answers: Answer[]
  /** A function of WeChat that needs the agreement is called. */
  use(): Promise<'allowed' | 'refused'>
}

/** From now on the user has not agreed yet. The agree button counts as tapped. */
export function needAgreement(contract = '《测试隐私保护指引》'): FakePrivacy {
  const answers: Answer[] = []
  let agreed = false
  let listener: ((answer: WechatMiniprogram.AnswerPrivacy) => void) | null = null
  const use = (): Promise<'allowed' | 'refused'> =>
    new Promise((resolve) => {
      if (agreed) return resolve('allowed')
      listener?.((answer) => {
        answers.push(answer)
        if (answer.event === 'disagree') resolve('refused')
        if (answer.event !== 'agree' || answer.buttonId !== AGREE_BUTTON) return
        agreed = true
        resolve('allowed')
      })
    })
  Object.assign(wx, {
    onNeedPrivacyAuthorization: jest.fn((given: typeof listener) => (listener = given)),
    getPrivacySetting: jest.fn(({ success }) => success({ needAuthorization: !agreed, privacyContractName: contract })),
    requirePrivacyAuthorize: jest.fn(async ({ success, fail }) => ((await use()) === 'allowed' ? success() : fail())),
  })
  return { answers, use }
}
