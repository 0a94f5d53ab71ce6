import { moreItems } from '../../../miniprogram/components/call-controls/more'
import { texts } from '../../../miniprogram/texts/index'

const labels = (mirror: boolean, beauty: 'off' | 'soft' | 'strong'): string[] =>
  moreItems({ mirror, beauty }, texts('call', 'en')).map(({ label }) => label)

test('the menu offers what is not already so', () => {
  expect(labels(true, 'off')).toEqual([
    'Change to an audio call',
    'Do not mirror my picture',
    'Beauty: soft',
    'Beauty: strong',
  ])
  expect(labels(false, 'strong')).toEqual([
    'Change to an audio call',
    'Mirror my picture',
    'Beauty: off',
    'Beauty: soft',
  ])
})
