import { fakeApp, mountComponent, settle } from '../../support/simulate'

test('it says that the call is recorded, to eyes and ears, in the language shown', async () => {
  const app = fakeApp()
  const view = await mountComponent('components/recording-badge/recording-badge', {}, app)
  expect(view.text()).toBe('录制中')
  expect(view.attributes('.badge')['aria-label']).toBe('本次通话正在录制')
  app.settings.change({ language: 'en' })
  await settle()
  expect(view.text()).toBe('Recording')
  expect(view.attributes('.badge')['aria-label']).toBe('This call is being recorded')
})
