import { member } from '../../../miniprogram/json'
import { AGREE_BUTTON } from '../../../miniprogram/services/privacy'
import { needAgreement, type FakePrivacy } from '../../support/fake-privacy'
import { readSource, SCRIPTS } from '../../support/sources'
import { fakeApp, mountComponent, settle, type FakeApp, type Mounted } from '../../support/simulate'

const AGREE = `#${AGREE_BUTTON}`

async function open(
  contract?: string,
): Promise<{ app: FakeApp; sheet: Mounted; wechat: FakePrivacy; ensured: Promise<boolean> }> {
  const wechat = needAgreement(contract)
  const app = fakeApp({ settings: { language: 'en' } })
  app.privacy.start()
  const sheet = await mountComponent('components/privacy-sheet/privacy-sheet', {}, app)
  expect(sheet.text()).toBe('')
  const ensured = app.privacy.ensure()
  await settle()
  return { app, sheet, wechat, ensured }
}

test('shows the question, and reports its display to WeChat', async () => {
  const { sheet, wechat } = await open()
  expect(sheet.text('.title')).toBe('Your privacy')
  expect(sheet.text('.lead')).toContain('microphone and your camera')
  expect(sheet.text('.contract')).toBe('《测试隐私保护指引》')
  expect(wechat.answers).toEqual([{ event: 'exposureAuthorization' }])
})

test('is a dialog with a link and two buttons', async () => {
  const { sheet } = await open()
  expect(sheet.attributes('.sheet')).toMatchObject({
    'aria-role': 'dialog',
    'aria-modal': 'true',
    'aria-label': 'Your privacy',
  })
  expect(sheet.attributes('.contract')['aria-role']).toBe('link')
  expect(sheet.attributes(AGREE)['open-type']).toBe('agreePrivacyAuthorization')
  expect(sheet.all('.answer').map(({ dom }) => dom?.textContent?.trim())).toEqual(['Not now', 'Agree'])
})

test('uses a default name for an unnamed guideline', async () => {
  const { sheet } = await open('')
  expect(sheet.text('.contract')).toBe('The privacy guideline')
})

test('opens the guideline by its link', async () => {
  const { sheet, wechat } = await open()
  await sheet.tap('.contract')
  expect(wx.openPrivacyContract).toHaveBeenCalledTimes(1)
  expect(sheet.has('.sheet')).toBe(true)
  expect(wechat.answers).toHaveLength(1)
})

test('reports the tapped agree button to WeChat', async () => {
  const { sheet, wechat, ensured } = await open()
  // The tap is not the agreement yet: WeChat reports when it has processed it.
  await sheet.tap(AGREE)
  expect(sheet.has('.sheet')).toBe(true)
  await sheet.emit('agreeprivacyauthorization', {}, AGREE)
  expect(await ensured).toBe(true)
  expect(wechat.answers.at(-1)).toEqual({ event: 'agree', buttonId: AGREE_BUTTON })
  expect(sheet.has('.sheet')).toBe(false)
})

test('reports a refusal to WeChat, and closes', async () => {
  const { sheet, wechat, ensured } = await open()
  await sheet.tap('.answer')
  expect(await ensured).toBe(false)
  expect(wechat.answers.at(-1)).toEqual({ event: 'disagree' })
  expect(sheet.has('.sheet')).toBe(false)
})

test('is shown on the top page only, also after the guideline was read', async () => {
  const { sheet, wechat } = await open()
  await sheet.run('onHide')
  await settle()
  expect(sheet.has('.sheet')).toBe(false)
  await sheet.run('onShow')
  await settle()
  expect(sheet.has('.sheet')).toBe(true)
  expect(wechat.answers).toEqual([{ event: 'exposureAuthorization' }])
})

test('is shown at once on a page that opens meanwhile', async () => {
  const { app } = await open()
  const second = await mountComponent('components/privacy-sheet/privacy-sheet', {}, app)
  expect(second.has('.sheet')).toBe(true)
})

test('answers everybody who waits when its last page closes', async () => {
  const { app, sheet, ensured } = await open()
  await sheet.unmount()
  expect(await ensured).toBe(false)
  expect(app.privacy.asking).toBe(false)
})

describe('every page from which calls begin contains it', () => {
  const pages = SCRIPTS.filter((script) => /\bentry\.(?:place|accept|callGroup|joinRoom)\(/.test(readSource(script)))
  test.each(pages)('%s', (script) => {
    const json: unknown = JSON.parse(readSource(script.replace(/ts$/, 'json')))
    expect(member(member(json, 'usingComponents'), 'privacy-sheet')).toBe('/components/privacy-sheet/privacy-sheet')
    expect(readSource(script.replace(/ts$/, 'wxml'))).toContain('<privacy-sheet ')
  })
  test('contacts, records and incoming call are such pages', () => {
    expect(pages.length).toBeGreaterThanOrEqual(3)
  })
})
