/** The colours of app.wxss are legible on each other, in the light theme, in the dark one and on the call screens. */
import fs from 'node:fs'
import path from 'node:path'

const read = (file: string): string => fs.readFileSync(path.resolve(__dirname, '../../../miniprogram', file), 'utf8')
const sheet = read('app.wxss')
const switchColour = /color="(#\w{6})"/.exec(read('components/switch-cell/switch-cell.wxml'))?.[1] ?? ''

const TEXT = 4.5
const SHAPE = 3
const ON_PAGES = [
  ['text', 'background', TEXT],
  ['text', 'surface', TEXT],
  ['text', 'tint', TEXT],
  ['text-secondary', 'background', TEXT],
  ['text-secondary', 'surface', TEXT],
  ['text-secondary', 'tint', TEXT],
  ['text-secondary', 'line', TEXT], // a button that is off
  ['accent', 'surface', TEXT],
  ['on-accent', 'accent', TEXT],
  ['on-warning', 'warning', TEXT],
  ['accept', 'surface', TEXT],
  ['danger', 'surface', TEXT],
  ['accent', 'tint', SHAPE],
  [switchColour, 'surface', SHAPE],
] as const
const IN_CALLS = [
  ['text', 'background', TEXT],
  ['text', 'surface', TEXT],
  ['text-secondary', 'background', TEXT],
  ['text-secondary', 'surface', TEXT],
  ['accent', 'surface', TEXT],
  ['#ffffff', 'recording', TEXT],
  ['#ffffff', 'danger', SHAPE],
  ['#ffffff', 'accept', SHAPE],
  ['on-warning', 'background', SHAPE],
] as const

type Colours = ReadonlyMap<string, string>
/** The tokens that the rule of this selector names, in the theme that the sheet's part begins. */
function colours(part: string, selector: string): Colours {
  const rule = sheet.slice(sheet.indexOf(selector, sheet.indexOf(part)))
  const tokens = rule.slice(0, rule.indexOf('}')).matchAll(/--([\w-]+): (#\w{6});/g)
  return new Map([...tokens].map(([, name = '', colour = '']) => [name, colour]))
}
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const value = parseInt(colour.slice(at, at + 2), 16) / 255
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
function contrast(first: string, second: string, set: Colours): number {
  const [a, b] = [first, second].map((name) => luminance(set.get(name) ?? name))
  if (a === undefined || b === undefined || Number.isNaN(a + b)) throw new Error(`no colour: ${first} on ${second}`)
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
}

const light = colours('page', 'page')
const dark = colours('@media (prefers-color-scheme: dark)', 'page')
const call = colours('.dark {', '.dark')

describe.each([
  ['light', light],
  ['dark', dark],
])('%s', (_theme, set) => {
  test.each(ON_PAGES)('%s on %s', (first, second, least) => {
    expect(contrast(first, second, set)).toBeGreaterThanOrEqual(least)
  })
})
test.each(IN_CALLS)('in calls, %s on %s', (first, second, least) => {
  expect(contrast(first, second, call)).toBeGreaterThanOrEqual(least)
})
