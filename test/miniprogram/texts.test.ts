/** The dictionary is whole, and nothing that a user reads stands outside it. */
import fs from 'node:fs'
import path from 'node:path'
import { member } from '../../miniprogram/services/http'
import { fill, texts, type SectionName } from '../../miniprogram/texts/index'

const ROOT = path.resolve(__dirname, '../../miniprogram')
const SECTION_NAMES: SectionName[] = [
  'common',
  'login',
  'contacts',
  'call',
  'incoming',
  'endings',
  'settings',
  'records',
]
const TEMPLATES = [...filesOf('pages', '.wxml'), ...filesOf('components', '.wxml')]
const SCRIPTS = [...filesOf('pages', '.ts'), ...filesOf('components', '.ts'), ...filesOf('services', '.ts')]
const CHINESE = /[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]/
/** Attributes that are shown or read out. */
const SPOKEN = /\s(?:aria-label|placeholder|title|alt|confirm-text)="([^"]*)"/g

function filesOf(folder: string, extension: string): string[] {
  return fs
    .readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(extension))
    .map((file) => path.join(folder, file))
}
function read(file: string): string {
  return fs.readFileSync(path.join(ROOT, file), 'utf8')
}
function both(section: SectionName): Array<[key: string, zh: string, en: string]> {
  const en = new Map(Object.entries(texts(section, 'en')))
  return Object.entries(texts(section, 'zh')).map(([key, zh]) => [key, zh, en.get(key) ?? ''])
}
function places(text: string): string[] {
  return (text.match(/\{\w+\}/g) ?? []).sort()
}
/** What a template shows or reads out: its text and its spoken attributes. */
function spoken(template: string): string[] {
  const bare = template.replaceAll(/<!--[\s\S]*?-->/g, '').replaceAll(/<wxs[\s\S]*?(?:\/>|<\/wxs>)/g, '')
  const attributes = [...bare.matchAll(SPOKEN)].map(([, value]) => value ?? '')
  // A tag ends at the first ">" outside quotes.
  const shown = bare.split(/<\/?[\w-]+(?:[^"'>]|"[^"]*"|'[^']*')*>/)
  return [...attributes, ...shown]
}
/** The letters that stand in a text itself: outside {{ }}, and as literals inside (not those it compares with). */
function ownWords(text: string): string {
  const outside = text.replaceAll(/\{\{[\s\S]*?\}\}/g, ' ')
  const inside = (text.match(/\{\{[\s\S]*?\}\}/g) ?? [])
    .join(' ')
    .replaceAll(/[=!]==?\s*'[^']*'/g, '')
    .match(/'[^']*'/g)
  return `${outside} ${(inside ?? []).join(' ')}`.replaceAll(/[^\p{L}]/gu, '')
}

describe('the dictionary', () => {
  test('every file of it is a section that pages can reach', () => {
    const files = filesOf('texts', '.ts').map((file) => path.basename(file, '.ts'))
    expect([...SECTION_NAMES, 'define', 'index'].sort()).toEqual(files.sort())
  })

  describe.each(SECTION_NAMES)('%s', (section) => {
    test('has the same keys in both languages', () => {
      expect(Object.keys(texts(section, 'en'))).toEqual(Object.keys(texts(section, 'zh')))
    })
    test.each(both(section))('%s says something in both, with the same places', (_, zh, en) => {
      expect([zh.trim(), en.trim()]).not.toContain('')
      expect(places(en)).toEqual(places(zh))
    })
    test('is Chinese where it is Chinese, and English where it is English', () => {
      const own = new Set(['zh', 'en'])
      const english = both(section).filter(([key, , en]) => !own.has(key) && CHINESE.test(en))
      expect(english).toEqual([])
    })
  })

  test('places are filled, unknown ones stay', () => {
    expect(fill('{name} called {name} at {time}', { name: 'bob' })).toBe('bob called bob at {time}')
    expect(fill('{count} $& $1', { count: 0 })).toBe('0 $& $1')
    expect(fill('{what}', { what: '{name}' })).toBe('{name}')
  })
})

describe('templates', () => {
  test.each(TEMPLATES)('%s says nothing by itself', (file) => {
    expect(
      spoken(read(file))
        .map(ownWords)
        .filter((words) => words !== ''),
    ).toEqual([])
  })

  test.each(TEMPLATES)('%s asks for texts that exist', (file) => {
    const asked = [...read(file).matchAll(/\bt\.(\w+)(?:\.(\w+))?/g)]
    const missing = asked.filter(([, section, key]) => {
      const name = SECTION_NAMES.find((each) => each === section)
      return !name || (key !== undefined && !(key in texts(name, 'zh')))
    })
    expect(missing.map(([words]) => words)).toEqual([])
  })

  test('the check sees words in text, in attributes and in expressions', () => {
    const guilty = ['<view>Hello</view>', '<view a="{{b > c}}" title="你好" />', "<view>{{on ? 'Yes' : t.a.b}}</view>"]
    expect(guilty.map((template) => spoken(template).map(ownWords).join(''))).toEqual(['Hello', '你好', 'Yes'])
    expect(
      spoken(`<view class="a" wx:if="{{x === 'y'}}">{{t.a[x === 'y' ? k : l]}} · /</view>`).map(ownWords).join(''),
    ).toBe('')
  })
})

test.each(SCRIPTS)('%s holds no Chinese', (file) => {
  const code = read(file)
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/^\s*\/\/.*$/gm, '')
  expect(code).not.toMatch(CHINESE)
})

test.each(SECTION_NAMES.filter((section) => fs.existsSync(path.join(ROOT, 'pages', section))))(
  'the page %s begins under its Chinese title',
  (section) => {
    const page: unknown = JSON.parse(read(`pages/${section}/${section}.json`))
    const title = both(section).find(([key]) => key === 'title')?.[1]
    // A page with a bar of its own has none.
    if (member(page, 'navigationStyle') !== 'custom') expect(member(page, 'navigationBarTitleText')).toBe(title)
  },
)
