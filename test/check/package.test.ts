/** The package's JSON follows WeChat's schemas, and all files are used. */
import { join } from 'node:path'
import { checkSchemas } from '../../scripts/check/schemas'
import { checkUsed } from '../../scripts/check/used'
import { sample, type Sample } from './sample'

let copy: Sample
beforeAll(() => {
  copy = sample()
})
afterEach(() => copy.reset())
afterAll(() => copy.discard())

/** Changes a JSON file of the project. */
function change(file: string, changed: (content: Record<string, unknown>) => object): void {
  copy.edit(join('..', file), (content) => JSON.stringify(changed(JSON.parse(content))))
}

describe('official schemas', () => {
  test('are followed', () => {
    const { problems, note } = checkSchemas(copy.project)
    expect(problems).toEqual([])
    expect(parseInt(note ?? '', 10)).toBeGreaterThan(25)
  })

  test.each<[string, string, (content: Record<string, unknown>) => object, string]>([
    [
      'a wrong type',
      'project.config.json',
      (it) => ({ ...it, setting: { es6: 'no' } }),
      'setting.es6 should be boolean',
    ],
    ['no pages', 'miniprogram/app.json', (it) => ({ ...it, pages: undefined }), 'pages is missing or wrong'],
    ['an unknown name', 'miniprogram/app.json', (it) => ({ ...it, darkMode: true }), 'unknown: app.json ["darkMode"]'],
    [
      'a word that is none of them',
      'miniprogram/sitemap.json',
      () => ({ rules: [{ action: 'hide', page: '*' }] }),
      'rules[0].action should be allow or disallow',
    ],
    ['a third theme', 'miniprogram/theme.json', (it) => ({ ...it, dim: {} }), 'unknown: theme.json ["dim"]'],
    [
      'a page',
      'miniprogram/pages/login/login.json',
      () => ({ navigationBarTitleText: 1 }),
      'navigationBarTitleText should be string',
    ],
    [
      'a component',
      'miniprogram/components/avatar/avatar.json',
      () => ({ component: true, colour: 1 }),
      'unknown: page.json ["colour"]',
    ],
  ])('%s in %s', (_name, file, changed, problem) => {
    change(file, changed)
    expect(checkSchemas(copy.project).problems).toEqual([`${file}: ${problem}`])
  })

  test('reports a file that is not JSON', () => {
    copy.write('theme.json', '{ "light": ')
    expect(checkSchemas(copy.project).problems.join()).toMatch(/^miniprogram\/theme\.json: .*JSON/)
  })
})

describe('unused files', () => {
  test('do not exist', () => expect(checkUsed(copy.miniprogram).problems).toEqual([]))

  test.each([
    'services/forgotten.ts',
    'components/old/old.wxml',
    'pages/login/login.wxs',
    'assets/icons/forgotten.svg',
    'assets/tabs/forgotten.png',
    'README.md',
  ])('are reported: %s', (file) => {
    copy.write(file, '')
    expect(checkUsed(copy.miniprogram).problems).toEqual([`${file}: nothing in the package uses it`])
  })

  test('include an image and a tone that are no longer named', () => {
    copy.edit('components/call-controls/call-controls.wxml', (text) => text.replace('/assets/icons/hang-up.svg', ''))
    copy.edit('pages/incoming-call/incoming-call.wxml', (text) => text.replace('/assets/icons/hang-up.svg', ''))
    copy.edit('services/tones.ts', (text) => text.replace('/assets/tones/ring.wav', ''))
    expect(checkUsed(copy.miniprogram).problems).toEqual([
      'assets/icons/hang-up.svg: nothing in the package uses it',
      'assets/tones/ring.wav: nothing in the package uses it',
    ])
  })

  test('include all files of a component that is no longer used', () => {
    copy.edit('pages/records/records.json', (text) =>
      text.replace(/"file-row":\s*"[^"]*",?/, '').replace(/,(\s*})/, '$1'),
    )
    const { problems } = checkUsed(copy.miniprogram)
    for (const kind of ['json', 'ts', 'wxml', 'wxss']) {
      expect(problems).toContain(`components/file-row/file-row.${kind}: nothing in the package uses it`)
    }
  })
})
