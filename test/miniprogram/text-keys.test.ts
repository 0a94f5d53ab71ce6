/** Every key of the dictionary is shown somewhere, and everything shown has its key. */
import path from 'node:path'
import type { SectionName } from '../../miniprogram/texts/index'
import { entries, isSection, SECTIONS } from '../support/dictionary'
import { readSource, SCRIPTS, TEMPLATES, withoutComments } from '../support/sources'

interface Computed {
  file: string
  /** As it stands there. */
  expression: string
  /** The keys it can be, as `section.key`, read from the type or the list that says so. */
  keys: () => string[]
}

/**
 * Keys whose name is made while the app runs. Each line says where the names are listed: a type that the compiler holds
 * the expression to, or a list. A new expression of this kind needs a line here.
 */
const COMPUTED: Computed[] = [
  at('components/call-controls/call-controls.wxml', 't.call[item.spoken]', 'call', () => controlTexts('spoken')),
  at('components/call-controls/call-controls.wxml', 't.call[item.label]', 'call', () => controlTexts('label')),
  at('components/network-bars/network-bars.wxml', 't.call[quality]', 'call', () => union('NetworkQuality')),
  at('components/call-banner/view.ts', 'texts.banner[sentence(state)]', 'banner', () =>
    quoted('components/call-banner/view.ts', /      return (.*)\n/g),
  ),
  at('components/call-banner/view.ts', 'texts.endings[state.reason]', 'endings', () => union('EndReason')),
  at('components/call-banner/view.ts', 'texts.roomEndings[state.reason]', 'room-endings', () => union('RoomEndReason')),
  at('pages/call/call.wxml', 't.call[item.label]', 'call', () => quoted('pages/call/cards.ts', /label: ('\w+')/g)),
  at('pages/call/cards.ts', 'texts[failure.text]', 'call', () =>
    quoted('components/media/failure.ts', /text: ('\w+')/g),
  ),
  at('pages/call/cards.ts', 'texts[text]', 'call', () => quoted('pages/call/cards.ts', /text: ('\w+')/g)),
  at('components/call-controls/more.ts', 'texts[BEAUTY_LABELS[level]]', 'call', () =>
    quoted('components/call-controls/more.ts', /BEAUTY_LABELS = \{(.*)\}/g),
  ),
  at('pages/call/view.ts', 'texts.endings[state.reason]', 'endings', () => union('EndReason')),
  at('pages/contacts/contacts.ts', 'words[value]', 'contacts', () => quoted('room/state.ts', /type RoomRole = (.*)/g)),
  at('pages/contacts/contacts.wxml', 't.contacts[roomProblem]', 'contacts', () =>
    quoted('pages/contacts/room-name.ts', /type RoomNameProblem = '' \| (.*)/g),
  ),
  at('pages/incoming-call/incoming-call.ts', "texts('endings')[reason]", 'endings', () => union('EndReason')),
  at('pages/incoming-call/incoming-call.ts', "texts('incoming')[kind]", 'incoming', () => union('CallKind')),
  at('pages/incoming-call/incoming-call.ts', "texts('room-endings')[state.reason]", 'room-endings', () =>
    union('RoomEndReason'),
  ),
  at('pages/incoming-call/incoming-call.ts', 'words[`room-${kind}`]', 'incoming', () =>
    union('CallKind').map((kind) => `room-${kind}`),
  ),
  at('pages/login/login.wxml', 't.login[accountProblem]', 'login', () => problemTexts('accountProblem')),
  at('pages/login/login.wxml', 't.login[serviceProblem]', 'login', () => problemTexts('serviceProblem')),
  at('pages/login/login.wxml', 't.login[scanProblem]', 'login', () => union('ScanProblem')),
  at('pages/login/login.wxml', 't.login[appKeyProblem]', 'login', () => problemTexts('appKeyProblem')),
  at('pages/login/login.ts', 'words[value]', 'login', () =>
    quoted('pages/login/login.ts', /PROVIDERS: .* = \[(.*)\]/g),
  ),
  at('pages/login/problem.ts', 'words[sentence]', 'login', signInProblems),
  at('pages/login/problem.ts', 'words[`${sentence}Help`]', 'login', () =>
    signInProblems().map((name) => `${name}Help`),
  ),
  at('pages/records/downloads.ts', 'words[ALBUM[refusal]]', 'permissions', () =>
    refusals('ALBUM', 'pages/records/downloads.ts'),
  ),
  at('pages/records/downloads.ts', "texts('records')[sentence]", 'records', () =>
    quoted('pages/records/downloads.ts', /\.say\(('\w+')\)/g),
  ),
  at('pages/records/records.ts', "texts('records')[problemOf(error)]", 'records', recordProblems),
  at('pages/records/records.ts', "texts('records')[problemOf(problem)]", 'records', recordProblems),
  at('pages/records/records.wxml', 't.records[problem]', 'records', recordProblems),
  at(
    'pages/records/view.ts',
    "words[`${missed ? 'missed' : room ? 'room' : direction}-${kind}`]",
    'records',
    recordKinds,
  ),
  at('pages/records/view.ts', 'texts.outcomes[outcome]', 'outcomes', outcomesSaid),
  at('pages/settings/leaves.ts', 'words[file]', 'settings', () => union('FileText')),
  at('pages/settings/settings.ts', 'words[value]', 'settings', () =>
    quoted('pages/settings/settings.ts', /: choices\(words, ([^)]*)\)/g),
  ),
  at('pages/settings/settings.wxml', 't.settings[item.label]', 'settings', () => recordTypeTexts('label')),
  at('pages/settings/settings.wxml', 't.settings[item.hint]', 'settings', () => recordTypeTexts('hint')),
  at('pages/room/room.wxml', 't.rooms[item.state]', 'rooms', () => quoted('room/state.ts', /state: ('ringing'.*)\n/g)),
  at('pages/room/view.ts', 'texts.call[failure.text]', 'call', () =>
    quoted('components/media/failure.ts', /text: ('\w+')/g),
  ),
  at('pages/room/view.ts', 'texts.endings[state.reason]', 'room-endings', () => union('RoomEndReason')),
  at('services/call-entry.ts', 'words[MICROPHONE[refusal]]', 'permissions', () => refusals('MICROPHONE')),
  at('services/call-entry.ts', "texts('permissions')[sentence]", 'permissions', () => [
    ...refusals('CAMERA'),
    ...quoted('services/call-entry.ts', /\.say\(('\w+')\)/g),
  ]),
  at('services/tab-titles.ts', 'words[name]', 'common', () => quoted('config.ts', /TABS: .* = \[(.*)\]/g)),
  {
    file: 'services/tab-titles.ts',
    expression: 'texts(page)',
    keys: () => quoted('services/tab-titles.ts', /page: ([^)]*)\)/g).map((page) => `${page}.title`),
  },
]

function at(file: string, expression: string, section: SectionName, names: () => string[]): Computed {
  return { file, expression, keys: () => names().map((name) => `${section}.${name}`) }
}
/** What stands in quotes in the parts of a file that a pattern captures, but for what is compared with. */
function quoted(file: string, pattern: RegExp): string[] {
  const parts = [...withoutComments(readSource(file)).matchAll(pattern)].map(([, part = '']) =>
    part.replaceAll(/=== '[^']*'/g, ''),
  )
  const names = parts.flatMap((part) => [...part.matchAll(/'([\w-]+)'/g)].map(([, name = '']) => name))
  if (names.length === 0) throw new Error(`${file} lists nothing that matches ${pattern}`)
  return [...new Set(names)]
}
/** The members of a type of strings, wherever it is. */
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
/** Those that are said as a sentence; the others stand at a field. */
function signInProblems(): string[] {
  return quoted('pages/login/problem.ts', /(?:unreachable|refused|kicked|'not-installed'): ('\w+')/g)
}
function recordProblems(): string[] {
  return quoted('pages/records/records.ts', /function problemOf.*?: ('.*') \{/g)
}
function recordKinds(): string[] {
  return [...union('CallDirection'), 'missed', 'room'].flatMap((what) =>
    union('CallKind').map((kind) => `${what}-${kind}`),
  )
}
/** A missed call's kind says it. */
function outcomesSaid(): string[] {
  const outcomes = [...union('EndReason'), ...union('RoomEndReason'), ...union('ToldOutcome')]
  return outcomes.filter((outcome) => outcome !== 'missed')
}
function refusals(table: string, file = 'services/call-entry.ts'): string[] {
  const [, list = ''] = new RegExp(`${table} = \\{([^}]*)\\}`).exec(readSource(file)) ?? []
  return [...list.matchAll(/: '(\w+)'/g)].map(([, name = '']) => name)
}
function recordTypeTexts(field: string): string[] {
  return quoted('pages/settings/settings.ts', new RegExp(`${field}: ('\\w+')`, 'g'))
}

/** Where a file makes the names of keys while it runs. */
function computedIn(source: string): string[] {
  return [
    ...source.matchAll(/\b(?:t(?:\.\w+)?|words|texts(?:\.\w+|\('[\w-]+'\))?)\[(?:[^[\]]|\[[^\]]*\])+\]/g),
    ...source.matchAll(/\btexts\((?!')\w[^)]*\)/g),
  ].map(([expression]) => expression)
}
/** `t.section.key` and, where a template passes a whole section on, the `words.key` of the component that gets it. */
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
/** Keys by name of the sections that a script names; those that it takes out of one by name. */
function askedByScript(file: string): string[] {
  const code = withoutComments(readSource(file))
  const named = [...code.matchAll(/(?:\btexts\(|\bTexts<)'([\w-]+)'/g)].map(([, section = '']) => section)
  const members = [...code.matchAll(/\.(\w+)\b(?!\()/g)].map(([, key = '']) => key)
  const taken = [...code.matchAll(/\{([^{}]*)\} = \w*[\w.]*\btexts\(/g)].flatMap(
    ([, keys = '']) => keys.match(/\w+/g) ?? [],
  )
  return [...new Set(named)].flatMap((section) => [...members, ...taken].map((key) => `${section}.${key}`))
}
function followed(file: string): string[] {
  const calls = [...readSource(file).matchAll(/\.follow\(this, ([^)]*)\)/g)].map(([, sections = '']) => sections)
  return calls.flatMap((sections) => [...sections.matchAll(/'([\w-]+)'/g)].map(([, section = '']) => section))
}

const ALL = SECTIONS.flatMap((section) => entries(section).map(([key]) => `${section}.${key}`))
const known = new Set(ALL)

test('every name that is made while the app runs is accounted for, once', () => {
  const made = [...TEMPLATES, ...SCRIPTS].filter((file) => file !== 'services/language.ts')
  const found = made.flatMap((file) => {
    const source = file.endsWith('.ts') ? withoutComments(readSource(file)) : readSource(file)
    return [...new Set(computedIn(source))].map((expression) => `${file}: ${expression}`)
  })
  expect(COMPUTED.map(({ file, expression }) => `${file}: ${expression}`).sort()).toEqual(found.sort())
})

test.each(COMPUTED)('$file: each name that $expression can be exists', ({ keys }) => {
  expect(keys().filter((key) => !known.has(key))).toEqual([])
})

test.each(TEMPLATES)('%s asks for keys that exist, of the sections that its script follows', (file) => {
  const asked = askedByTemplate(file)
  expect(asked.filter((key) => !known.has(key))).toEqual([])
  const used = new Set([...readSource(file).matchAll(/\bt\.(\w+)/g)].map(([, section = '']) => section))
  expect([...used].filter((section) => !isSection(section))).toEqual([])
  const script = path.join(path.dirname(file), `${path.basename(file, '.wxml')}.ts`)
  expect(followed(script).sort()).toEqual([...used].sort())
})

test.each(SECTIONS)('every key of %s is shown somewhere', (section) => {
  const used = new Set([
    ...TEMPLATES.flatMap(askedByTemplate),
    ...SCRIPTS.flatMap(askedByScript),
    ...COMPUTED.flatMap(({ keys }) => keys()),
  ])
  const own = ALL.filter((key) => key.startsWith(`${section}.`))
  expect(own.filter((key) => !used.has(key))).toEqual([])
})

test('the check sees each way of making a name', () => {
  expect(computedIn('t.call[quality] t[section] words[`${a}-b`] texts.endings[s.reason]')).toHaveLength(4)
  expect(computedIn("language.texts('call')[kind] language.texts(page).title")).toHaveLength(2)
  expect(computedIn("words.a texts('call').b list[0] texts('call', 'zh')")).toEqual([])
})
