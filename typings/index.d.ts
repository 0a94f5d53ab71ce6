// WeChat's globals (`wx`, `App`, `Page`, `Component` …) for everyone who includes this folder.
/// <reference types="miniprogram-api-typings" />

// What that package tells otherwise than WeChat's documentation does.
declare namespace WechatMiniprogram {
  type PrivacyAnswer = { event: 'exposureAuthorization' | 'disagree' } | { event: 'agree'; buttonId: string }
  type AnswerPrivacy = (answer: PrivacyAnswer) => void

  interface Wx {
    onNeedPrivacyAuthorization(listener: (answer: AnswerPrivacy) => void): void
  }
}
