/** docs/behaviours.md has complete rows, and its table of codes agrees with the app. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { Reading } from '../../miniprogram/components/media/state'
import { readPlayerCode } from '../../miniprogram/components/rtc-player/codes'
import { readPusherCode } from '../../miniprogram/components/rtc-pusher/codes'

const ROOT = path.resolve(__dirname, '../..')
const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8')
const PAGE = read('docs/behaviours.md')
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

test('each row has a behaviour and what only a phone can show', () => {
  const rows = rowsUnder('behaviour')
  expect(rows.length).toBeGreaterThan(50)
  expect(rows.filter((cells) => cells.length !== 3 || cells.some((cell) => cell.trim() === ''))).toEqual([])
})

test('the table of codes agrees with the code', () => {
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

test('both READMEs name the required categories of the console', () => {
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
