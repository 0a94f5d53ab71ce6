/** @jest-environment node */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { compile } from '../../preview/plugin/compile'
import { CompileError } from '../../preview/plugin/compile-error'
import { FIXTURE } from './support/fixture'

let root: string
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'miniprogram-'))
  cpSync(FIXTURE, root, { recursive: true })
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const write = (file: string, text: string): void => writeFileSync(path.join(root, file), text)
const failure = (): CompileError => {
  try {
    compile(root)
  } catch (error) {
    if (error instanceof CompileError) return error
    throw error
  }
  throw new Error('compiled')
}

test('compiles pages and components with all imports', () => {
  const { program, scripts, tags, files } = compile(root)
  expect(program.components.map(({ path: name, isPage }) => `${name} ${isPage}`)).toEqual([
    'pages/first/first true',
    'components/shared/note false',
    'components/card/card false',
    'pages/third/third true',
    'pages/second/second true',
    'pages/broken/broken true',
    'extra/pages/fourth/fourth true',
  ])
  expect(scripts.map((script) => script.path)).toEqual([
    'app',
    'components/shared/note',
    'components/card/card',
    'pages/first/first',
    'pages/third/third',
    'pages/second/second',
    'pages/broken/broken',
    'extra/pages/fourth/fourth',
  ])
  expect(tags.get('pages/broken/broken')).toContain('hologram')
  for (const file of ['format.wxs', 'templates/row.wxml', 'templates/foot.wxml', 'base.wxss', 'theme.json']) {
    expect(files).toContain(path.join(root, file))
  }
  expect(program.themes).toEqual({ light: { bar: '#fefefe' }, dark: { bar: '#101010' } })
})

test("a component has its own styles, a shared one also the app's", () => {
  const { program } = compile(root)
  const scope = (name: string) => program.components.find((component) => component.path === name)?.styleScope
  expect(scope('pages/first/first')).toBeNull()
  expect(scope('components/card/card')).toBe('components-card-card')
  expect(scope('components/shared/note')).toBe('components-shared-note')
})

test.each([
  ['pages/first/first.wxml', '<view>\n  <text>{{ oops </text>\n</view>', 'pages/first/first.wxml', 2],
  ['app.wxss', '.a {\n  color: red;\n', 'app.wxss', 1],
  ['app.wxss', '.a {}\n@import "./gone.wxss";', 'app.wxss', 2],
  ['app.json', '{\n  "pages": ["pages/first/first",]\n}', 'app.json', 2],
  ['app.json', '{ "pages": [] }', 'app.json', 1],
  ['app.json', '{ "pages": ["pages/gone/gone"] }', 'app.json', 1],
  ['pages/first/first.wxml', '<import src="./gone.wxml" />', 'pages/first/first.wxml', 1],
])('an error in %s is reported with its position', (file, text, where, line) => {
  write(file, text)
  const error = failure()
  expect(path.relative(root, error.file)).toBe(where)
  expect(error.line).toBe(line)
  expect(error.reason).not.toBe('')
})

test('an invalid field of a json file is named', () => {
  write('pages/third/third.json', '{ "navigationStyle": "strange" }')
  expect(failure().reason).toMatch(/^navigationStyle: /)
})

test('circular imports end', () => {
  write('base.wxss', '@import "./app.wxss";')
  expect(failure().reason).toContain('circle')
})
