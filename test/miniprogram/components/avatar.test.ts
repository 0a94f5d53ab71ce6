import { initials, tone } from '../../../miniprogram/components/avatar/initials'
import { mountComponent } from '../../support/simulate'

test.each([
  ['alice', 'A'],
  ['alice.wong', 'AW'],
  ['bob smith jr', 'BS'],
  ['王小明', '小明'],
  ['李', '李'],
  ['', ''],
  [' -- ', ''],
  ['🦊fox', '🦊'],
])('%j stands as %j', (name, expected) => {
  expect(initials(name)).toBe(expected)
})

test('an account keeps its colour, and colours differ between accounts', () => {
  const tones = Array.from({ length: 200 }, (_, index) => tone(`account-${index}`))
  expect(new Set(tones)).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7]))
  expect(tone('account-7')).toBe(tones[7])
})

test('it shows the initials at its size and follows the account', async () => {
  const avatar = await mountComponent('components/avatar/avatar', { account: 'alice', size: 240 })
  expect(avatar.text('.avatar')).toBe('A')
  expect(avatar.attributes('.avatar')['style']).toContain('width: 240rpx')
  await avatar.set({ account: '王小明' })
  expect(avatar.text('.avatar')).toBe('小明')
})
