/** @jest-environment node */
import { agreedToPrivacy } from '../../../miniprogram/services/privacy'
import { needAgreement } from '../../support/fake-privacy'
import { resetWx } from '../../support/fake-wx'

beforeEach(() => {
  Object.assign(globalThis, { wx: {} })
  resetWx()
})

test('an earlier agreement is not asked again', async () => {
  expect(await agreedToPrivacy()).toBe(true)
  expect(wx.requirePrivacyAuthorize).not.toHaveBeenCalled()
})

test('an agreement is asked once', async () => {
  const privacy = needAgreement()
  const agreed = agreedToPrivacy()
  privacy.answer(true)
  expect(await agreed).toBe(true)
  expect(await agreedToPrivacy()).toBe(true)
  expect(wx.requirePrivacyAuthorize).toHaveBeenCalledTimes(1)
})

test('a refusal is asked again next time', async () => {
  const privacy = needAgreement()
  for (let time = 0; time < 2; time++) {
    const agreed = agreedToPrivacy()
    privacy.answer(false)
    expect(await agreed).toBe(false)
  }
})

test("WeChat's one listener is left to the app", async () => {
  const privacy = needAgreement()
  const agreed = agreedToPrivacy()
  privacy.answer(true)
  await agreed
  expect(wx.onNeedPrivacyAuthorization).not.toHaveBeenCalled()
})

test('base libraries without the API proceed without asking', async () => {
  Object.assign(wx, { getPrivacySetting: undefined })
  expect(await agreedToPrivacy()).toBe(true)
})

test('WeChat may ask itself later if its state is unknown', async () => {
  Object.assign(wx, { getPrivacySetting: jest.fn(({ fail }) => fail({ errMsg: 'getPrivacySetting:fail' })) })
  expect(await agreedToPrivacy()).toBe(true)
})
