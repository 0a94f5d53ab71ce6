import { fakeApp, mountComponent, settle } from '../../support/simulate'

const BARS = 'components/network-bars/network-bars'

test.each([
  ['good', '网络良好', 'The network is good'],
  ['fair', '网络一般', 'The network is fair'],
  ['weak', '网络不佳', 'The network is weak'],
])('%s is said to eyes and ears, in the language shown', async (quality, zh, en) => {
  const app = fakeApp()
  const view = await mountComponent(BARS, { quality }, app)
  expect(view.attributes('.bars')).toMatchObject({ 'aria-role': 'img', 'aria-label': zh })
  expect(view.attributes('.bars')['class']).toContain(quality)
  app.settings.change({ language: 'en' })
  await settle()
  expect(view.attributes('.bars')['aria-label']).toBe(en)
})

test('while the network is not known there are none', async () => {
  const view = await mountComponent(BARS, {}, fakeApp())
  expect(view.has('.bars')).toBe(false)
  await view.set({ quality: 'good' })
  expect(view.all('.bar')).toHaveLength(3)
})
