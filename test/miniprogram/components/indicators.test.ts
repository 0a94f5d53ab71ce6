import fs from 'node:fs'
import path from 'node:path'
import { initials, tone } from '../../../miniprogram/components/avatar/initials'
import { attribute } from '../../support/nodes'
import { fakeApp, mountComponent, settle } from '../../support/simulate'

test.each([
  ['alice', 'A'],
  ['alice.wong', 'AW'],
  ['bob smith jr', 'BS'],
  ['王小明', '小明'],
  ['李', '李'],
  ['', ''],
  [' -- ', ''],
  ['🦊fox', '🦊'],
])('%j has the initials %j', (name, expected) => {
  expect(initials(name)).toBe(expected)
})

test('an account keeps its colour, and accounts differ in colour', () => {
  const tones = Array.from({ length: 200 }, (_, index) => tone(`account-${index}`))
  expect(new Set(tones)).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7]))
  expect(tone('account-7')).toBe(tones[7])
})

test('shows the initials at its size and follows the account', async () => {
  const avatar = await mountComponent('components/avatar/avatar', { account: 'alice', size: 240 })
  expect(avatar.text('.avatar')).toBe('A')
  expect(avatar.attributes('.avatar')['style']).toContain('width: 240rpx')
  await avatar.set({ account: '王小明' })
  expect(avatar.text('.avatar')).toBe('小明')
})

const BARS = 'components/network-bars/network-bars'

test.each([
  ['good', '网络良好', 'Good network'],
  ['fair', '网络一般', 'Fair network'],
  ['weak', '网络不佳', 'Weak network'],
])('%s is shown and labelled in the display language', async (quality, zh, en) => {
  const app = fakeApp()
  const view = await mountComponent(BARS, { quality }, app)
  expect(view.attributes('.bars')).toMatchObject({ 'aria-role': 'img', 'aria-label': zh })
  expect(view.attributes('.bars')['class']).toContain(quality)
  app.settings.change({ language: 'en' })
  await settle()
  expect(view.attributes('.bars')['aria-label']).toBe(en)
})

test('network bars are hidden while the quality is unknown', async () => {
  const view = await mountComponent(BARS, {}, fakeApp())
  expect(view.has('.bars')).toBe(false)
  await view.set({ quality: 'good' })
  expect(view.all('.bar')).toHaveLength(3)
})

test('shows and labels that the call is recorded', async () => {
  const app = fakeApp()
  const view = await mountComponent('components/recording-badge/recording-badge', {}, app)
  expect(view.text()).toBe('录制中')
  expect(view.attributes('.badge')['aria-label']).toBe('本次通话正在录制')
  app.settings.change({ language: 'en' })
  await settle()
  expect(view.text()).toBe('Recording')
  expect(view.attributes('.badge')['aria-label']).toBe('This call is being recorded')
})

const ROOT = path.resolve(__dirname, '../../../miniprogram')
const sourcesOf = (pattern: RegExp): string[] =>
  fs
    .readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
    .filter((file) => pattern.test(file))
    .map((file) => fs.readFileSync(path.join(ROOT, file), 'utf8'))
const matches = (texts: string[], pattern: RegExp): string[] =>
  texts.flatMap((text) => [...text.matchAll(pattern)].map(([, group]) => group ?? ''))
const quoted = (text: string): string[] => matches([text], /'([a-z-]+)'/g)

test('icons in templates and scripts exist, and every icon is used', () => {
  const drawn = matches(sourcesOf(/line-icon\.wxss$/), /^\.([\w-]+) \{\s+-webkit-mask-image/gm)
  const inTemplates = matches(sourcesOf(/\.wxml$/), /<line-icon[^>]*?\sname="([^"]*)"/g).flatMap((name) =>
    name.startsWith('{{') ? quoted(name.replace(/^.*\?/, '')) : [name],
  )
  // The records page passes names to its templates: `icon` properties, and a record's direction.
  const inScripts = [
    ...matches(sourcesOf(/^pages\/records\/.*\.ts$/), /\bicon: ('[^\n]*)/g).flatMap(quoted),
    'outgoing',
    'incoming',
  ].filter((name) => name !== 'none') // The icon of a toast.
  expect(new Set([...inTemplates, ...inScripts])).toEqual(new Set(drawn))
})

test('is decorative: the control around it has the label', async () => {
  const icon = await mountComponent('components/line-icon/line-icon', { name: 'phone' })
  expect(attribute(icon.find('.icon'), 'class')).toBe('icon phone')
  expect(attribute(icon.find('.icon'), 'aria-hidden')).toBe('true')
})
