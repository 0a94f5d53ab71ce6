/** The menu under each phone: it switches the same faults as tests, and shows those of its phone. */
import type { Page } from 'playwright-core'
import type { Faults } from '../../../preview/runtime/faults'
import { until } from '../../support/until'
import { stage } from './stage'

let page: Page

async function open(lang: string): Promise<void> {
  page = await stage.shell(`accounts=alice,bob&source=synthetic&lang=${lang}`)
  for (const account of ['alice', 'bob']) await page.frameLocator(`iframe[name=${account}]`).locator('#word').waitFor()
}
const faults = async <T>(account: string, run: (faults: Faults) => T): Promise<T> => {
  const frame = page.frame({ name: account })
  if (!frame) throw new Error(`no phone of ${account}`)
  const handle = await frame.evaluateHandle((): Faults => Object(Reflect.get(globalThis, '__phone')).faults)
  return handle.evaluate(run)
}
const words = (index: number): Promise<string[]> =>
  page.locator('.faults-active').nth(index).locator('b').allTextContents()
const says = (index: number, ...wanted: Array<string | RegExp>) =>
  until(async () => {
    const shown = await words(index)
    return shown.length === wanted.length && shown.every((word, at) => new RegExp(wanted[at] ?? '^$').test(word))
  }, `the words ${wanted.join()}`)
const menu = () => page.getByRole('dialog')

test('by keyboard: a network that is gone for a while, on this phone only', async () => {
  await open('en')
  await page.getByRole('button', { name: 'Faults' }).first().focus()
  await page.keyboard.press('Enter')
  await menu().getByRole('button', { name: '20 s' }).focus()
  await page.keyboard.press('Enter')
  await menu().waitFor({ state: 'hidden' })
  await says(0, /^No network \d+ s$/)
  expect(await faults('alice', ({ state }) => state.network)).toBe(false)
  expect(await faults('bob', ({ state }) => state.network)).toBe(true)
  await says(1)
  await page.getByRole('button', { name: 'Faults' }).first().click()
  await menu().getByRole('button', { name: 'Bring it back' }).click()
  await says(0)
  expect(await faults('alice', ({ state }) => state.network)).toBe(true)
})

test('permissions and switches, and what somebody else has switched', async () => {
  await open('zh')
  await page.getByRole('button', { name: '故障' }).nth(1).click()
  await menu().getByRole('radiogroup', { name: '麦克风' }).getByRole('radio', { name: '系统拒绝' }).check()
  await menu().getByRole('switch', { name: '来电话' }).check()
  await menu().getByRole('switch', { name: '需要同意隐私协议' }).check()
  await says(1, '^麦克风被系统拒绝$', '^声音被占用$', '^未同意隐私协议$')
  expect(await faults('bob', ({ state }) => state)).toMatchObject({
    permissions: { microphone: 'refused-by-system', camera: 'granted' },
    interrupted: true,
    privacyNeeded: true,
  })
  await faults('bob', (faults) => faults.interrupt(false))
  await faults('bob', (faults) => faults.background(true))
  await says(1, '麦克风', '^在后台$', '隐私')
  expect(await menu().getByRole('switch', { name: '来电话' }).isChecked()).toBe(false)
  expect(await menu().getByRole('switch', { name: '切到后台' }).isChecked()).toBe(true)
  await page.keyboard.press('Escape')
  await menu().waitFor({ state: 'hidden' })
})

test('a phone that starts anew starts without faults', async () => {
  await open('en')
  await faults('alice', (faults) => faults.simulator(true))
  await says(0, '^Simulator$')
  await page.getByRole('button', { name: '中文' }).click()
  await says(0)
  await until(async () => !(await faults('alice', ({ state }) => state.simulator).catch(() => true)), 'the new phone')
})
