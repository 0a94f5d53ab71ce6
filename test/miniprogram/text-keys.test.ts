/** @jest-environment node */
/** Templates use existing texts: they are not type-checked, and show nothing for a missing text. */
import path from 'node:path'
import type { SectionName } from '../../miniprogram/texts/index'
import { entries, isSection, SECTIONS } from '../support/dictionary'
import { readSource, SCRIPTS, TEMPLATES, withoutComments } from '../support/sources'

interface Computed {
  file: string
  /** As in the template. */
  expression: string
  /** Its possible keys, as `section.key`, read from the type or list that defines them. */
  keys: () => string[]
}

/** Keys whose name is built by a template. A new expression of this kind needs a line here with the source of its names. */
const COMPUTED: Computed[] = [
  at('components/call-controls/call-controls.wxml', 't.call[item.spoken]', 'call', () => controlTexts('spoken')),
  at('components/call-controls/call-controls.wxml', 't.call[item.label]', 'call', () => controlTexts('label')),
  at('components/network-bars/network-bars.wxml', 't.call[quality]', 'call', () => union('NetworkQuality')),
  at('pages/call/call.wxml', 't.call[item.label]', 'call', () => quoted('pages/call/cards.ts', /label: ('\w+')/g)),
  at('pages/contacts/contacts.wxml', 't.contacts[roomProblem]', 'contacts', () =>
    quoted('pages/contacts/room-name.ts', /type RoomNameProblem = '' \| (.*)/g),
  ),
  at('pages/login/login.wxml', 't.login[accountProblem]', 'login', () => problemTexts('accountProblem')),
  at('pages/login/login.wxml', 't.login[serviceProblem]', 'login', () => problemTexts('serviceProblem')),
  at('pages/login/login.wxml', 't.login[scanProblem]', 'login', () => union('ScanProblem')),
  at('pages/login/login.wxml', 't.login[appKeyProblem]', 'login', () => problemTexts('appKeyProblem')),
  at('pages/records/records.wxml', 't.records[problem]', 'records', recordProblems),
  at('pages/settings/settings.wxml', 't.settings[item.label]', 'settings', () => recordTypeTexts('label')),
  at('pages/settings/settings.wxml', 't.settings[item.hint]', 'settings', () => recordTypeTexts('hint')),
  at('pages/room/room.wxml', 't.rooms[item.state]', 'rooms', () => quoted('call/state.ts', /state: ('ringing'.*)\n/g)),
]

function at(file: string, expression: string, section: SectionName, names: () => string[]): Computed {
  return { file, expression, keys: () => names().map((name) => `${section}.${name}`) }
}
/** String literals in the parts of a file captured by a pattern, except those compared with. */
function quoted(file: string, pattern: RegExp): string[] {
  const parts = [...withoutComments(readSource(file)).matchAll(pattern)].map(([, part = '']) =>
    part.replaceAll(/=== '[^']*'/g, ''),
  )
  const names = parts.flatMap((part) => [...part.matchAll(/'([\w-]+)'/g)].map(([, name = '']) => name))
  if (names.length === 0) throw new Error(`${file} lists nothing that matches ${pattern}`)
  return [...new Set(names)]
}
/** The members of a string union type, wherever it is. */
function union(name: string): string[] {
  const declaration = new RegExp(`type ${name} =((?:\\s*\\|?\\s*'[\\w-]+')+)`, 'g')
  const file = SCRIPTS.find((script) => withoutComments(readSource(script)).search(declaration) >= 0)
  if (file === undefined) throw new Error(`no script has a type ${name} of strings`)
  return quoted(file, declaration)
}
function controlTexts(field: string): string[] {
  return quoted('components/call-controls/controls.ts', new RegExp(`${field}: ('\\w+')`, 'g'))
}
function problemTexts(field: string): string[] {
  return quoted('pages/login/problem.ts', new RegExp(`${field}: '' \\| ('.*')`, 'g'))
}
function recordProblems(): string[] {
  return quoted('pages/records/records.ts', /function problemOf.*?: ('.*') \{/g)
}
function recordTypeTexts(field: string): string[] {
  return quoted('pages/settings/settings.ts', new RegExp(`${field}: ('\\w+')`, 'g'))
}

/** Where a template builds names of keys. */
function computedIn(source: string): string[] {
  return [...source.matchAll(/\bt(?:\.\w+)?\[(?:[^[\]]|\[[^\]]*\])+\]/g)].map(([expression]) => expression)
}
/** `t.section.key` and, where a template passes a whole section on, `words.key` of the receiving component. */
function askedByTemplate(file: string): string[] {
  const source = readSource(file)
  const direct = [...source.matchAll(/\bt\.(\w+)\.(\w+)/g)].map(([, section, key]) => `${section}.${key}`)
  const passed = [...source.matchAll(/<([\w-]+)(?:[^<>"]|"[^"]*")*?\s(\w+)="\{\{t\.(\w+)\}\}"/g)].flatMap(
    ([, tag, property, section]) =>
      [...readSource(`components/${tag}/${tag}.wxml`).matchAll(new RegExp(`\\b${property}\\.(\\w+)`, 'g'))].map(
        ([, key]) => `${section}.${key}`,
      ),
  )
  return [...direct, ...passed]
}
function followed(file: string): string[] {
  const calls = [...readSource(file).matchAll(/\.follow\(this, ([^)]*)\)/g)].map(([, sections = '']) => sections)
  return calls.flatMap((sections) => [...sections.matchAll(/'([\w-]+)'/g)].map(([, section = '']) => section))
}

const known = new Set(SECTIONS.flatMap((section) => entries(section).map(([key]) => `${section}.${key}`)))

test('every name that a template builds is listed once', () => {
  const found = TEMPLATES.flatMap((file) =>
    [...new Set(computedIn(readSource(file)))].map((expression) => `${file}: ${expression}`),
  )
  expect(COMPUTED.map(({ file, expression }) => `${file}: ${expression}`).sort()).toEqual(found.sort())
})

test.each(COMPUTED)('$file: each possible name of $expression exists', ({ keys }) => {
  expect(keys().filter((key) => !known.has(key))).toEqual([])
})

test.each(TEMPLATES)('%s uses existing keys of the sections that its script follows', (file) => {
  const asked = askedByTemplate(file)
  expect(asked.filter((key) => !known.has(key))).toEqual([])
  const used = new Set([...readSource(file).matchAll(/\bt\.(\w+)/g)].map(([, section = '']) => section))
  expect([...used].filter((section) => !isSection(section))).toEqual([])
  const script = path.join(path.dirname(file), `${path.basename(file, '.wxml')}.ts`)
  expect(followed(script).sort()).toEqual([...used].sort())
})

test('the check finds each way of building a name', () => {
  expect(computedIn('t.call[item.label] t[section] t.login[`${a}-b`] t.a[b[0]]')).toHaveLength(4)
  expect(computedIn('t.call.title list[0] item.t')).toEqual([])
})
