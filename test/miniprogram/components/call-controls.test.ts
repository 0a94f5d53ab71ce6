import { moreItems } from '../../../miniprogram/components/call-controls/more'
import { texts } from '../../../miniprogram/texts/index'
import { fakeApp, mountComponent, type Mounted, settle } from '../../support/simulate'

const on = { kind: 'video', microphone: true, camera: true, speaker: true, flippable: true, talking: true }
const mount = (properties: Record<string, unknown>, app = fakeApp()): Promise<Mounted> =>
  mountComponent('components/call-controls/call-controls', properties, app)
const labels = (view: Mounted): (string | null | undefined)[] =>
  view.all('.label').map((label) => label.dom?.textContent)

test('a video call has microphone, camera, flip, speaker and more, with hangup below', async () => {
  const view = await mount(on)
  expect(labels(view)).toEqual(['麦克风', '摄像头', '翻转', '扬声器', '更多', '挂断'])
})

test('an audio call has no camera, and can request video once connected', async () => {
  const view = await mount({ ...on, kind: 'audio', camera: false, flippable: false, speaker: false })
  expect(labels(view)).toEqual(['麦克风', '听筒', '视频', '挂断'])
  await view.set({ talking: false })
  expect(labels(view)).toEqual(['麦克风', '听筒', '挂断'])
})

test('a room has all in one row; the audience only has the speaker', async () => {
  const view = await mount({ ...on, talking: false, role: 'host' })
  expect(labels(view)).toEqual(['麦克风', '摄像头', '翻转', '扬声器', '更多', '离开'])
  expect(view.attributes('#hangup')['aria-label']).toBe('离开')
  expect(view.attributes('.controls')['class']).toContain('one-row')
  await view.set({ role: 'audience' })
  expect(labels(view)).toEqual(['扬声器', '离开'])
  await view.set({ role: '' })
  expect(labels(view).at(-1)).toBe('挂断')
  expect(view.attributes('.controls')['class']).not.toContain('one-row')
})

test('a camera that is off cannot be flipped, and switched off controls look off', async () => {
  const view = await mount({ ...on, camera: false, microphone: false, flippable: false })
  expect(labels(view)).toEqual(['已静音', '已关闭', '扬声器', '更多', '挂断'])
  expect(view.attributes('#microphone')['class']).toContain('off')
  expect(view.attributes('#camera')['class']).toContain('off')
  expect(view.attributes('#speaker')['class']).not.toContain('off')
  await view.set({ microphone: true })
  expect(view.attributes('#microphone')['class']).not.toContain('off')
})

test.each(['microphone', 'camera', 'flip', 'speaker', 'more', 'hangup'])(
  'a tap on %s says so, once',
  async (control) => {
    const view = await mount(on)
    const heard = view.listen(control)
    await view.tap(`#${control}`)
    expect(heard).toHaveLength(1)
  },
)

test('each control has its action as label for screen readers, in the display language', async () => {
  const app = fakeApp({ settings: { language: 'en' } })
  const view = await mount({ ...on, ringing: true }, app)
  const spoken = (id: string): unknown => view.attributes(id)['aria-label']
  expect(spoken('#microphone')).toBe('Turn the microphone off')
  expect(spoken('#camera')).toBe('Turn the camera off')
  expect(spoken('#speaker')).toBe('Use the earpiece')
  expect(spoken('#hangup')).toBe('Cancel')
  await view.set({ microphone: false, speaker: false, ringing: false })
  expect(spoken('#microphone')).toBe('Turn the microphone on')
  expect(spoken('#speaker')).toBe('Use the speaker')
  expect(spoken('#hangup')).toBe('Hang up')
  app.settings.change({ language: 'zh' })
  await settle()
  expect(spoken('#microphone')).toBe('打开麦克风')
  for (const id of ['#microphone', '#camera', '#flip', '#speaker', '#more', '#hangup']) {
    expect(view.attributes(id)['aria-role']).toBe('button')
  }
})

const moreLabels = (mirror: boolean, beauty: 'off' | 'soft' | 'strong'): string[] =>
  moreItems({ mirror, beauty }, texts('call', 'en')).map(({ label }) => label)

test('the menu only offers changes', () => {
  expect(moreLabels(true, 'off')).toEqual([
    'Switch to an audio call',
    'Do not mirror my picture',
    'Beauty: soft',
    'Beauty: strong',
  ])
  expect(moreLabels(false, 'strong')).toEqual([
    'Switch to an audio call',
    'Mirror my picture',
    'Beauty: off',
    'Beauty: soft',
  ])
})
