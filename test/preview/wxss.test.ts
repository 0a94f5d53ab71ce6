/** @jest-environment node */
import { compile } from '../../preview/plugin/compile'
import { phoneLengths } from '../../preview/plugin/lengths'
import { FIXTURE } from './support/fixture'

const { styles } = compile(FIXTURE).program
const flat = (name: string): string => (styles[name] ?? '').replaceAll(/\s+/g, ' ')

test("a page's rules stay on that page, without added specificity", () => {
  expect(flat('pages/first/first')).toContain('wx-page:where([data-page="pages/first/first"]) {')
  expect(flat('pages/first/first')).toContain(':where(wx-page):where([data-page="pages/first/first"]) .item')
  expect(flat('pages/first/first')).toContain(':where(wx-page):where([data-page="pages/first/first"]) wx-view')
})

test("a component's classes get its prefix, :host its element", () => {
  expect(flat('components/card/card')).toContain('[wx-host="components-card-card"] { display: block; }')
  expect(flat('components/card/card')).toContain('.components-card-card--heading { color: #1f6feb; }')
})

test('imports are inlined, app styles apply everywhere', () => {
  expect(flat('app')).toContain('wx-page { --space: calc(100vw * 8 / 750); background: #ffffff; }')
  expect(flat('app')).toContain('.title { font-size: calc(100vw * 40 / 750); }')
})

test("the phone's theme decides, not the computer's", () => {
  expect(flat('app')).toContain(':where(html[data-theme="dark"]) wx-page { background: #000000; }')
  expect(flat('components/card/card')).toContain(
    ':where(html[data-theme="dark"]) .components-card-card--heading { color: #5aa2ff; }',
  )
  expect(Object.values(styles).join('')).not.toContain('prefers-color-scheme')
})

test('keyframes keep their steps', () => {
  expect(flat('pages/first/first')).toContain('@keyframes turn { from { left: calc(100vw * 10 / 750); } }')
})

test('lengths', () => {
  expect(phoneLengths('24rpx -8rpx')).toBe('calc(100vw * 24 / 750) calc(100vw * -8 / 750)')
  expect(phoneLengths('1rpx')).toBe('max(1px, calc(100vw * 1 / 750))')
  expect(phoneLengths('calc(100vh - 2px)')).toBe('calc(calc(var(--page-vh, 1vh) * 100) - 2px)')
  expect(phoneLengths('env(safe-area-inset-bottom) env( safe-area-inset-top, 8rpx)')).toBe(
    'var(--safe-bottom) var(--safe-top, calc(100vw * 8 / 750))',
  )
})
