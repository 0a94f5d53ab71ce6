/** @jest-environment node */
/** Colours are legible on each other: in both themes, on the call screens, on video. */
import postcss, { type Rule } from 'postcss'
import { member } from '../../../miniprogram/json'
import { readSource, SCREENS, sourcesIn } from '../../support/sources'

const sheet = readSource('app.wxss')
const switchColour = /color="(#\w{6})"/.exec(readSource('components/switch-cell/switch-cell.wxml'))?.[1] ?? ''

const TEXT = 4.5
const SHAPE = 3
const ON_PAGES = [
  ['text', 'background', TEXT],
  ['text', 'surface', TEXT],
  ['text', 'tint', TEXT],
  ['text', 'line', TEXT], // the quiet button of a sheet
  ['text-secondary', 'background', TEXT],
  ['text-secondary', 'surface', TEXT],
  ['text-secondary', 'tint', TEXT],
  ['text-secondary', 'line', TEXT], // a disabled button
  ['accent', 'surface', TEXT],
  ['on-accent', 'accent', TEXT],
  ['on-warning', 'warning', TEXT],
  ['accept', 'surface', TEXT],
  ['danger', 'surface', TEXT],
  ['danger', 'background', TEXT], // an error at a field
  ['accent', 'tint', SHAPE],
  [switchColour, 'surface', SHAPE],
] as const
const IN_CALLS = [
  ['text', 'background', TEXT],
  ['text', 'surface', TEXT],
  ['text-secondary', 'background', TEXT],
  ['text-secondary', 'surface', TEXT],
  ['accent', 'surface', TEXT],
  ['on-accent', 'accent', TEXT],
  ['#ffffff', 'background', TEXT],
  ['#ffffff', 'recording', TEXT],
  ['#ffffff', 'danger', SHAPE],
  ['#ffffff', 'accept', SHAPE],
  ['on-warning', 'background', SHAPE],
] as const
/** Rules whose text or shapes are on video, and need their own background. */
const ON_PICTURES = [
  ['pages/call/call.wxss', '.caption', '#ffffff', TEXT],
  ['pages/call/call.wxss', '.who', '#ffffff', TEXT],
  ['pages/call/call.wxss', '.foot.over::before', '#ffffff', TEXT],
  ['pages/call/call.wxss', '.leave', '#ffffff', SHAPE],
  ['pages/call/call.wxss', '.own-bars', 'on-warning', SHAPE],
  ['pages/room/components/member-tile/member-tile.wxss', '.caption', '#ffffff', TEXT],
  ['pages/room/components/member-tile/member-tile.wxss', '.name', '#ffffff', TEXT],
  ['pages/room/components/member-tile/member-tile.wxss', '.marks', 'on-warning', SHAPE],
  ['pages/room/room.wxss', '.pill', '#ffffff', TEXT],
] as const

/** Rules that colour a shape, not text. */
const SHAPES = new Set(['.play'])

type Colours = ReadonlyMap<string, string>
type Colour = readonly [red: number, green: number, blue: number, alpha: number]

/** The tokens named by the rule of this selector, in the theme that this part of the sheet begins. */
function colours(part: string, selector: string): Colours {
  const rule = sheet.slice(sheet.indexOf(selector, sheet.indexOf(part)))
  const tokens = rule.slice(0, rule.indexOf('}')).matchAll(/--([\w-]+): (#\w{6}|rgba\([^)]*\));/g)
  return new Map([...tokens].map(([, name = '', colour = '']) => [name, colour]))
}
/** A colour by token or literal. */
function read(name: string, set: Colours): Colour {
  const written = set.get(name) ?? name
  const parts = /^#\w{6}$/.test(written)
    ? [1, 3, 5].map((at) => Number.parseInt(written.slice(at, at + 2), 16))
    : (/^rgba\((.*)\)$/.exec(written)?.[1] ?? '').split(',').map(Number)
  const [red, green, blue, alpha = 1] = parts
  if (red === undefined || green === undefined || blue === undefined) throw new Error(`no colour: ${name}`)
  return [red, green, blue, alpha]
}
function over([red, green, blue, alpha]: Colour, back: Colour): Colour {
  const mix = (front: number, behind: number): number => front * alpha + behind * (1 - alpha)
  return [mix(red, back[0]), mix(green, back[1]), mix(blue, back[2]), 1]
}
function luminance(colour: Colour): number {
  const [red = 0, green = 0, blue = 0] = colour.slice(0, 3).map((part) => {
    const value = part / 255
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
function contrast(first: Colour, second: Colour): number {
  const [a, b] = [luminance(first), luminance(second)]
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
}

const light = colours('page', 'page')
const dark = colours('@media (prefers-color-scheme: dark)', 'page')
const call = new Map([...dark, ...colours('.dark {', '.dark')])

/** Rules of all sheets. */
const rules: Array<{ file: string; rule: Rule }> = []
for (const file of ['app.wxss', ...sourcesIn(SCREENS, '.wxss')]) {
  postcss.parse(readSource(file)).walkRules((rule) => void rules.push({ file, rule }))
}
/** A declared value of a rule, with variables resolved. */
function declared(rule: Rule, property: string): string | undefined {
  let value: string | undefined
  rule.walkDecls(property, (declaration) => {
    value = declaration.value.replaceAll(/var\(--([\w-]+)\)/g, '$1')
  })
  return value
}
const isColour = (value: string | undefined): value is string =>
  value !== undefined && (value.startsWith('#') || light.has(value) || call.has(value))

describe.each([
  ['light', light],
  ['dark', dark],
])('%s', (_theme, set) => {
  test.each(ON_PAGES)('%s on %s', (first, second, least) => {
    expect(contrast(read(first, set), read(second, set))).toBeGreaterThanOrEqual(least)
  })
})
test.each(IN_CALLS)('in calls, %s on %s', (first, second, least) => {
  expect(contrast(read(first, call), read(second, call))).toBeGreaterThanOrEqual(least)
})

test.each(ON_PICTURES)('%s: %s keeps its text legible on white and black video', (file, name, ...of) => {
  const [colour, least] = of
  const found = rules.find(({ file: where, rule }) => where === file && rule.selector === name)
  const ground = /scrim|rgba\([^)]*\)/.exec((found && declared(found.rule, 'background')) ?? '')?.[0] ?? 'none'
  for (const picture of ['#ffffff', '#000000']) {
    const behind = over(read(ground, call), read(picture, call))
    expect(contrast(read(colour, call), behind)).toBeGreaterThanOrEqual(least)
  }
})

const PAIRS = rules.flatMap(({ file, rule }) => {
  const [colour, background] = [declared(rule, 'color'), declared(rule, 'background')]
  return isColour(colour) && isColour(background) ? [{ file, selector: rule.selector, colour, background }] : []
})
test.each(PAIRS)('$file: $selector is legible on its own background', ({ file, selector, colour, background }) => {
  const inCalls = /call\/|room\/|incoming|call-controls|recording-badge|rtc-/.test(file)
  for (const set of inCalls ? [call] : [light, dark]) {
    const ground = over(read(background, set), read('surface', set))
    expect(contrast(read(colour, set), ground)).toBeGreaterThanOrEqual(SHAPES.has(selector) ? SHAPE : TEXT)
  }
})

test('every text colour is checked on a background', () => {
  const tried = new Set<string>([...ON_PAGES, ...IN_CALLS].map(([colour]) => colour))
  const other = rules.flatMap(({ file, rule }) => {
    const colour = declared(rule, 'color')
    const known = colour === undefined || colour === 'inherit' || tried.has(colour)
    return known ? [] : [`${file}: ${rule.selector} ${colour}`]
  })
  expect(other).toEqual([])
})

test('all avatar letters are legible', () => {
  const tones = rules.filter(({ rule }) => rule.selector.startsWith('.tone-'))
  expect(tones.length).toBeGreaterThan(1)
  for (const { rule } of tones) {
    const background = declared(rule, 'background') ?? ''
    expect(contrast(read('#ffffff', light), read(background, light))).toBeGreaterThanOrEqual(TEXT)
  }
})

test.each([
  ['light', light],
  ['dark', dark],
])("WeChat's bars in the %s theme are legible and have the theme's colours", (theme, set) => {
  const colour = (name: string): string => String(member(member(JSON.parse(readSource('theme.json')), theme), name))
  const surface = read(colour('surface'), set)
  for (const name of ['tabText', 'tabSelected']) {
    expect(contrast(read(colour(name), set), surface)).toBeGreaterThanOrEqual(TEXT)
  }
  const title = colour('text') === 'black' ? '#000000' : '#ffffff'
  expect(contrast(read(title, set), surface)).toBeGreaterThanOrEqual(TEXT)
  expect([colour('surface'), colour('background')]).toEqual([set.get('surface'), set.get('background')])
})
