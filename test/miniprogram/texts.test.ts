/** @jest-environment node */
/** The dictionary is complete, and all displayed texts are in it. */
import { member } from '../../miniprogram/json'
import { fill, texts } from '../../miniprogram/texts/index'
import { entries, SECTIONS, TEXT_FILES } from '../support/dictionary'
import { PAGES, readSource, SCRIPTS, TEMPLATES, withoutComments } from '../support/sources'
import { elementsOf, parseWxml } from '../support/wxml'

const CHINESE = /[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]/
/** Attributes that are shown or read out, of WeChat's tags and of our components. */
const SPOKEN = /^(?:aria-(?:label|valuetext|roledescription)|placeholder|title|alt|label|hint|confirm-text)$/
/** WeChat functions that show text, and their text parameters. */
const SHOWING = /\bwx\.(?:show\w+|setNavigationBarTitle|setTabBarItem|setTabBarBadge)\(\{([\s\S]*?)\}\)/g
const SHOWN = /\b(?:title|content|text|confirmText|cancelText|placeholderText|alertText|itemList)\s*:\s*\[?\s*(['"`])/
/** Sections not named like their page. */
const SECTION_OF: Record<string, string> = { 'incoming-call': 'incoming', room: 'rooms' }

function places(text: string): string[] {
  return (text.match(/\{\w+\}/g) ?? []).sort()
}
/** Displayed or spoken text of a template. */
function spoken(template: string): string[] {
  return elementsOf(parseWxml(template))
    .filter(({ tag }) => tag !== 'wxs')
    .flatMap(({ attributes, children }) => [
      ...[...attributes].flatMap(([name, value]) => (SPOKEN.test(name) ? [value] : [])),
      ...children.filter((child) => typeof child === 'string'),
    ])
}
/** Letters in a text: outside of {{ }}, and as literals inside (except those compared with). */
function ownWords(text: string): string {
  const outside = text.replaceAll(/\{\{[\s\S]*?\}\}/g, ' ')
  const inside = (text.match(/\{\{[\s\S]*?\}\}/g) ?? [])
    .join(' ')
    .replaceAll(/[=!]==?\s*'[^']*'/g, '')
    .match(/'[^']*'/g)
  return `${outside} ${(inside ?? []).join(' ')}`.replaceAll(/[^\p{L}]/gu, '')
}
/** Calls of a script that show literal text. */
function shownLiterals(code: string): string[] {
  return [...code.matchAll(SHOWING)].flatMap(([call, values = '']) => (SHOWN.test(values) ? [call] : []))
}

describe('the dictionary', () => {
  test('every file is a section that pages can use', () => {
    expect(SECTIONS).toEqual(TEXT_FILES)
    expect(SECTIONS.length).toBeGreaterThan(7)
  })

  describe.each(SECTIONS)('%s', (section) => {
    test('has the same keys in both languages', () => {
      expect(Object.keys(texts(section, 'en'))).toEqual(Object.keys(texts(section, 'zh')))
    })
    test('has text in both languages, with the same placeholders', () => {
      const odd = entries(section).filter(
        ([, zh, en]) => zh.trim() === '' || en.trim() === '' || places(en).join() !== places(zh).join(),
      )
      expect(odd).toEqual([])
    })
    test('is Chinese in Chinese, and English in English', () => {
      const own = new Set(['zh', 'en'])
      const english = entries(section).filter(([key, , en]) => !own.has(key) && CHINESE.test(en))
      expect(english).toEqual([])
    })
  })

  test.each(['zh', 'en'] as const)('no two ends of a call are said with the same words: %s', (language) => {
    const sentences = Object.values(texts('endings', language))
    expect(new Set(sentences).size).toBe(sentences.length)
  })

  test('placeholders are filled, unknown ones stay', () => {
    expect(fill('{name} called {name} at {time}', { name: 'bob' })).toBe('bob called bob at {time}')
    expect(fill('{count} $& $1', { count: 0 })).toBe('0 $& $1')
    expect(fill('{what}', { what: '{name}' })).toBe('{name}')
  })
})

describe('templates', () => {
  test.each(TEMPLATES)('%s contains no literal text', (file) => {
    const words = spoken(readSource(file)).map(ownWords)
    expect(words.filter((word) => word !== '')).toEqual([])
  })

  test('the check finds text in nodes, attributes and expressions', () => {
    const guilty = [
      '<view>Hello</view>',
      '<view a="{{b > c}}" title="你好" />',
      "<view>{{on ? 'Yes' : t.a.b}}</view>",
      '<switch-cell label="Mirror" />',
    ]
    expect(guilty.map((template) => spoken(template).map(ownWords).join(''))).toEqual([
      'Hello',
      '你好',
      'Yes',
      'Mirror',
    ])
    expect(
      spoken(`<!-- so --><view class="a" wx:if="{{x === 'y'}}">{{t.a[x === 'y' ? k : l]}} · /</view>`)
        .map(ownWords)
        .join(''),
    ).toBe('')
  })
})

describe('scripts', () => {
  test.each(SCRIPTS)('%s contains no displayed text', (file) => {
    const code = withoutComments(readSource(file))
    expect(code).not.toMatch(CHINESE)
    expect(shownLiterals(code)).toEqual([])
  })

  test('the check finds texts of toasts, questions and titles', () => {
    const guilty = [
      "wx.showToast({ title: 'Copied', icon: 'none' })",
      'void wx.showModal({\n title: words.a,\n content: `${name} left`,\n})',
      "wx.setNavigationBarTitle({ title: 'Call' })",
      "wx.showActionSheet({ itemList: ['One', words.two] })",
    ]
    expect(guilty.flatMap(shownLiterals)).toHaveLength(guilty.length)
    expect(shownLiterals("wx.showToast({ title: words.copied, icon: 'none' })")).toEqual([])
  })
})

describe('titles', () => {
  test.each(PAGES)('%s begins with its Chinese title and takes the display language', (page) => {
    const name = page.split('/').at(-1) ?? ''
    const config: unknown = JSON.parse(readSource(`${page}.json`))
    const section = SECTIONS.find((each) => each === (SECTION_OF[name] ?? name))
    const title = entries(section ?? 'common').find(([key]) => key === 'title')?.[1]
    // A page with its own bar shows no title, but screen readers and the list of recent pages do.
    if (member(config, 'navigationStyle') !== 'custom') expect(member(config, 'navigationBarTitleText')).toBe(title)
    expect(readSource(`${page}.ts`)).toMatch(/\b(?:wx\.setNavigationBarTitle|showTabTitles)\(/)
  })

  test('the tabs begin with their Chinese titles', () => {
    const list = member(member(JSON.parse(readSource('app.json')), 'tabBar'), 'list')
    const { tabContacts, tabRecords, tabSettings } = texts('common', 'zh')
    const shown = Array.isArray(list) ? list.map((tab) => member(tab, 'text')) : []
    expect(shown).toEqual([tabContacts, tabRecords, tabSettings])
  })

  test('no other text is in app.json', () => {
    const config: unknown = JSON.parse(readSource('app.json'))
    expect(member(member(config, 'window'), 'navigationBarTitleText')).toBeUndefined()
    const tabs = Array.from(readSource('app.json').matchAll(/"text": "([^"]*)"/g)).length
    expect(readSource('app.json').match(new RegExp(`"[^"]*${CHINESE.source}[^"]*"`, 'g'))).toHaveLength(tabs)
  })
})
