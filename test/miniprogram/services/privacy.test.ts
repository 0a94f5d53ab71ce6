/** @jest-environment node */
import { AGREE_BUTTON, Privacy } from '../../../miniprogram/services/privacy'
import { needAgreement } from '../../support/fake-privacy'
import { resetWx } from '../../support/fake-wx'

/** The app's privacy, and what a sheet on the page sees of it. */
function start(): { privacy: Privacy; heard: boolean[]; close: () => void } {
  const privacy = new Privacy()
  privacy.start()
  const heard: boolean[] = []
  const close = privacy.subscribe(() => heard.push(privacy.asking))
  return { privacy, heard, close }
}
const turns = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

beforeEach(() => {
  Object.assign(globalThis, { wx: {} })
  resetWx()
})

test('an earlier agreement is not asked again', async () => {
  const { privacy, heard } = start()
  expect(await privacy.ensure()).toBe(true)
  expect(wx.requirePrivacyAuthorize).not.toHaveBeenCalled()
  expect(heard).toEqual([])
})

test('an agreement is asked once for all', async () => {
  const { answers } = needAgreement()
  const { privacy, heard } = start()
  const ensured = privacy.ensure()
  expect(privacy.asking).toBe(true)
  expect(privacy.contract).toBe('《测试隐私保护指引》')
  privacy.shown()
  privacy.shown()
  privacy.agree()
  expect(await ensured).toBe(true)
  expect(answers).toEqual([{ event: 'exposureAuthorization' }, { event: 'agree', buttonId: AGREE_BUTTON }])
  expect(heard).toEqual([true, false])
  expect(await privacy.ensure()).toBe(true)
  expect(heard).toEqual([true, false])
})

test('a refusal is asked again next time', async () => {
  const { answers } = needAgreement()
  const { privacy, heard } = start()
  for (let time = 0; time < 2; time++) {
    const ensured = privacy.ensure()
    privacy.refuse()
    expect(await ensured).toBe(false)
  }
  expect(answers).toEqual([{ event: 'disagree' }, { event: 'disagree' }])
  expect(heard).toEqual([true, false, true, false])
})

test('one answer serves all callers', async () => {
  const { answers, use } = needAgreement()
  const { privacy } = start()
  const all = [use(), privacy.ensure(), use()]
  privacy.shown()
  privacy.agree()
  expect(await Promise.all(all)).toEqual(['allowed', true, 'allowed'])
  expect(answers.map(({ event }) => event)).toEqual([
    ...Array(3).fill('exposureAuthorization'),
    ...Array(3).fill('agree'),
  ])
})

test('callers do not wait for a sheet that is not there', async () => {
  const { use } = needAgreement()
  const { privacy, close } = start()
  const waiting = use()
  close()
  expect(await waiting).toBe('refused')
  expect(await use()).toBe('refused')
  expect(privacy.asking).toBe(false)
})

test('an unseen question is not reported as shown later', async () => {
  const { answers, use } = needAgreement()
  const { privacy } = start()
  void use()
  privacy.refuse()
  void use()
  privacy.shown()
  expect(answers).toEqual([{ event: 'disagree' }, { event: 'exposureAuthorization' }])
})

test('an answer without a question is ignored', async () => {
  const { answers } = needAgreement()
  const { privacy, heard } = start()
  privacy.shown()
  privacy.agree()
  privacy.refuse()
  await turns()
  expect([answers, heard]).toEqual([[], []])
})

test('base libraries without the API proceed without asking', async () => {
  Object.assign(wx, { getPrivacySetting: undefined, onNeedPrivacyAuthorization: undefined })
  const { privacy } = start()
  expect(await privacy.ensure()).toBe(true)
})

test('WeChat may ask itself later if its state is unknown', async () => {
  Object.assign(wx, { getPrivacySetting: jest.fn(({ fail }) => fail({ errMsg: 'getPrivacySetting:fail' })) })
  expect(await start().privacy.ensure()).toBe(true)
})
