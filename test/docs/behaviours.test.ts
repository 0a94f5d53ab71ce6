/** docs/behaviours.md names tests that exist, and reads codes as the app does. */
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { Reading } from '../../miniprogram/components/media/state'
import { readPlayerCode } from '../../miniprogram/components/rtc-player/codes'
import { readPusherCode } from '../../miniprogram/components/rtc-pusher/codes'
import { holds, titlesIn } from './test-titles'

const ROOT = path.resolve(__dirname, '../..')
const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8')
const PAGE = read('docs/behaviours.md')
const SEPARATOR = ' › '
/** How the page explains the form. */
const FORM = 'file › title'

/** The tests that a text names: `path › title`, or `path › group › title`. */
function testsNamedIn(text: string): string[] {
  const names = [...text.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name)
  return names.filter((name) => name.includes(SEPARATOR) && name !== FORM)
}
function exists(name: string): boolean {
  const [file = '', ...titles] = name.split(SEPARATOR)
  if (!file.startsWith('test/') || !file.endsWith('.test.ts') || !existsSync(path.join(ROOT, file))) return false
  return titles.length > 0 && holds(titlesIn(read(file)), titles)
}
/** The cells of each row of the tables that begin with this heading. */
function rowsUnder(heading: string): string[][] {
  const tables = PAGE.split(/\n\n/).filter((part) => part.startsWith(`| ${heading} |`))
  return tables.flatMap((table) =>
    table
      .trim()
      .split('\n')
      .slice(2)
      .map((row) => row.split('|').slice(1, -1)),
  )
}

test('every test that it names exists', () => {
  expect(testsNamedIn(PAGE).length).toBeGreaterThan(100)
  expect(testsNamedIn(PAGE).filter((name) => !exists(name))).toEqual([])
})

test.each([
  ['test/docs/behaviours.test.ts › every test that it names exists', true],
  ['test/docs/behaviours.test.ts › every test that it names', false],
  ['test/docs/behaviours.test.ts', false],
  ['test/docs/nowhere.test.ts › every test that it names exists', false],
  ['docs/behaviours.md › every test that it names exists', false],
  [
    'test/miniprogram/services/permissions.test.ts › %s › refused to WeChat by the phone, nobody is asked in vain',
    true,
  ],
  ['test/miniprogram/services/permissions.test.ts › refused to WeChat by the phone, nobody is asked in vain', true],
  [
    'test/miniprogram/services/permissions.test.ts › other › refused to WeChat by the phone, nobody is asked in vain',
    false,
  ],
  ['test/miniprogram/pages/call-controls-fading.test.ts › the controls of a video call', true],
])('the check of %s says %p', (name, there) => {
  expect(exists(name)).toBe(there)
})

test('every behaviour says what happens and names a test', () => {
  const rows = rowsUnder('behaviour')
  expect(rows.length).toBeGreaterThan(50)
  const poor = rows.filter(
    ([behaviour = '', happens = '', tests = '', phone = '', ...more]) =>
      [behaviour, happens, phone].some((cell) => cell.trim() === '') ||
      testsNamedIn(tests).length === 0 ||
      more.length > 0,
  )
  expect(poor).toEqual([])
})

test('codes are read as it says', () => {
  const rows = rowsUnder('component').flatMap(([component = '', codes = '', reading = '']) =>
    codes
      .trim()
      .split(' ')
      .map((code) => [component.trim(), Number(code), reading.trim()] as const),
  )
  expect(new Set(rows.map(([component, code]) => `${component} ${code}`)).size).toBe(rows.length)
  expect(rows.length).toBeGreaterThan(50)
  for (const [component, code, reading] of rows) {
    const said = component === 'pusher' ? readPusherCode(code) : readPlayerCode(code)
    expect([component, code, words(said)]).toEqual([component, code, reading])
  }
})

test('both READMEs say what the mini-program’s console must have', () => {
  for (const file of ['README.md', 'README.zh-CN.md']) {
    expect(read(file)).toMatch(/\*live-pusher\*.*\*live-player\*.*(?:listed category|相应类目)/s)
  }
})

function words(reading: Reading): string {
  switch (reading?.state) {
    case undefined:
      return 'nothing'
    case 'playing':
      return 'runs'
    case 'gave-up':
      return 'gave up'
    case 'stalled':
      return reading.reason === 'network' ? 'weak' : reading.reason
    case 'failed':
      return reading.reason.replace('-', ' ')
  }
}
