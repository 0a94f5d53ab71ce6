/** How a change in the sources reaches the phone. */
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { until } from '../../support/until'
import { stage } from './stage'

test('a change in the sources shows by itself, a mistake shows with its place', async () => {
  const phone = await stage.phone()
  const template = path.join(stage.sources, 'pages/media/media.wxml')
  writeFileSync(template, '<view id="word">after</view>')
  await phone.page.getByText('after').waitFor()
  // Changed styles alone need no restart.
  await phone.page.evaluate(() => Object.assign(globalThis, { stillHere: true }))
  for (const colour of ['rgb(1, 2, 3)', 'rgb(4, 5, 6)']) {
    writeFileSync(path.join(stage.sources, 'app.wxss'), `#word { color: ${colour}; }`)
    const shown = () =>
      phone.page.evaluate(() => getComputedStyle(document.querySelector('#word') ?? document.body).color)
    await until(async () => (await shown()) === colour, 'the new colour')
  }
  expect(await phone.page.evaluate(() => Reflect.get(globalThis, 'stillHere'))).toBe(true)
  writeFileSync(template, '<view id="word">\n  {{ oops </view>')
  const overlay = phone.page.locator('vite-error-overlay')
  await overlay.getByText('pages/media/media.wxml:2:').first().waitFor()
  writeFileSync(template, '<view id="word">mended</view>')
  await phone.page.getByText('mended').waitFor()
  expect(await overlay.count()).toBe(0)
  const script = path.join(stage.sources, 'pages/media/media.ts')
  writeFileSync(script, 'Page({})\nconst = 2')
  await overlay.getByText('pages/media/media.ts:2:7').first().waitFor()
  writeFileSync(script, "Page({ data: { word: 'right' } })")
  writeFileSync(template, '<view id="word">{{word}}</view>')
  await phone.page.getByText('right').waitFor()
})
