/** The guide is correct: parameters of settings, displayed messages, contents of a callback. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { recordingParams, type RecordingSettings } from '../../miniprogram/call/recording-params'
import { DEFAULT_SETTINGS } from '../../miniprogram/services/settings'
import { filesBody } from '../../server/callback/bodies'
import { entries, SECTIONS } from '../support/dictionary'
import { blocksOf, GUIDES } from '../support/guide'

const read = (file: string): string => readFileSync(path.join(__dirname, '../..', file), 'utf8')
/** The cells of all rows of a document's tables. */
const rowsOf = (document: string): string[][] =>
  [...read(document).matchAll(/^\| (.*) \|$/gm)].map(([, row = '']) => row.split(' | '))

test('both languages have the same code', () => {
  expect(blocksOf(GUIDES[1], 'ts')).toEqual(blocksOf(GUIDES[0], 'ts'))
})

describe.each(GUIDES)('%s', (guide) => {
  test('each recording setting becomes the parameter of its row only', () => {
    const rows = new Map(
      rowsOf(guide).map(([setting = '', parameter = '', values = '']) => [setting, { parameter, values }]),
    )
    const off: RecordingSettings = DEFAULT_SETTINGS
    const changes: Partial<RecordingSettings>[] = [
      { recordAudio: true },
      { recordVideo: true },
      { recordType: '1' },
      { hostSpeaker: true },
      { rtmpRecord: true },
    ]
    const before = Object.entries(recordingParams(off))
    for (const change of changes) {
      const after = new Map<string, unknown>(Object.entries(recordingParams({ ...off, ...change })))
      const changed = before.flatMap(([name, value]) => (after.get(name) === value ? [] : [[name, after.get(name)]]))
      const row = rows.get(`\`${Object.keys(change).join()}\``)
      expect(changed.map(([name]) => `\`${String(name)}\``)).toEqual([row?.parameter])
      // Texts are in quotes there.
      expect(row?.values).toContain(JSON.stringify(changed[0]?.[1]))
    }
  })

  test("the listed error messages are the app's", () => {
    const language = guide.includes('zh') ? 1 : 2
    const sentences = new Set(SECTIONS.flatMap((section) => entries(section).map((entry) => entry[language])))
    const quoted = rowsOf(guide).flatMap(([seen = '']) => [...seen.matchAll(/“([^”]+)”/g)].map(([, words]) => words))
    expect(quoted.length).toBeGreaterThan(10)
    expect(quoted.filter((words) => words === undefined || !sentences.has(words))).toEqual([])
  })

  test('the example callback has the shape of a real one', () => {
    const file = {
      cid: 1,
      uid: 1,
      account: 'alice',
      caller: true,
      kind: 'mp4',
      filename: 'a',
      size: 1,
      md5: 'abc',
    } as const
    const real = filesBody([{ ...file, duration: 1, mix: false, pieceIndex: 0 }], () => 'http://localhost/a')
    const [, shown = ''] = blocksOf(guide, 'json')
    expect(shapeOf(shown)).toEqual(shapeOf(real))
  })
})

/** Names and types of a callback's fields, including those of the file. */
function shapeOf(body: string): unknown {
  const { fileinfo, ...rest }: { fileinfo: string } = JSON.parse(body)
  const files: object[] = JSON.parse(fileinfo)
  return [rest, ...files.map((file) => Object.entries(file).map(([name, value]) => `${name}: ${typeof value}`))]
}
