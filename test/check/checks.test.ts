/** Each check accepts the mini-program and the guide's example, and reports a fault put into them. */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { transformSync } from '@swc/core'
import { filesBelow } from '../../scripts/check/files'
import { runModules, type Registrations } from '../../scripts/check/modules'
import { readAnswer, type CompileAnswer, type CompiledFiles } from '../../scripts/check/offline-compile'
import { checkOfficialCompiler } from '../../scripts/check/official-compiler'
import { checkPages } from '../../scripts/check/pages'
import { checkSchemas } from '../../scripts/check/schemas'
import { checkSize } from '../../scripts/check/size'
import { checkTemplates } from '../../scripts/check/templates'
import { runTool } from '../../scripts/check/tool'
import { checkWording } from '../../scripts/check/wording'
import { runCi } from '../../scripts/miniprogram-ci/run'
import { blocksOf, copyPieces, GUIDES, type Examples } from '../support/guide'
import { sample, type Sample } from './sample'

const ROOT = join(__dirname, '../..')
interface Answers {
  answers: [CompileAnswer, CompileAnswer]
}

// miniprogram-ci takes seconds to start and to compile.
jest.setTimeout(120_000)

let copy: Sample
let examples: Examples
let files: CompiledFiles
let registered: Registrations
/** The sample unchanged, and with JSON that violates the schema. */
let compiled: Awaited<ReturnType<typeof compileAll>>
beforeAll(async () => {
  copy = sample()
  const refused = sample()
  refused.edit('app.json', (text) => text.replace('"pages"', '"pags"'))
  compiled = await compileAll([copy.project, refused.project])
  refused.discard()
  examples = copyPieces(GUIDES[0])
  files = compiled[0].files
  registered = runModules(files).registered
})
afterEach(() => copy.reset())
afterAll(() => {
  copy.discard()
  examples.discard()
})

/** Compiles projects in one process. */
async function compileAll(projects: [string, string]) {
  const module = pathToFileURL(join(ROOT, 'scripts/check/compile.mjs')).href
  const orders = { module, name: 'compile', orders: projects.map((project) => ({ project })) }
  const { answers } = await runCi<Answers>('test/support/miniprogram-ci.mjs', orders)
  return [readAnswer(answers[0]), readAnswer(answers[1])] as const
}

/** A mini-program's files with its scripts as JavaScript modules: miniprogram-ci's output, in a fraction of the time. */
function transpiled(miniprogram: string): CompiledFiles {
  const options = { jsc: { target: 'es2018', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } } as const
  return new Map(
    filesBelow(miniprogram).map((file) => {
      const content = readFileSync(join(miniprogram, file))
      if (!file.endsWith('.ts')) return [file, content]
      return [file.replace(/ts$/, 'js'), Buffer.from(transformSync(content.toString(), options).code)]
    }),
  )
}
/** The compiled files with one change. */
function withFile(name: string, content: string): CompiledFiles {
  return new Map([...files, [name, Buffer.from(content)]])
}
/** app.json with another subpackage: `extra`, with the page `pages/one/one`. */
function withPackage(app: string): string {
  const { subPackages = [], ...config }: { subPackages?: object[] } = JSON.parse(app)
  return JSON.stringify({ ...config, subPackages: [...subPackages, { root: 'extra', pages: ['pages/one/one'] }] })
}
/** The compiled files with that subpackage and one file in it. */
function withPackaged(name: string, content: string): Map<string, Buffer> {
  const app = files.get('app.json')?.toString() ?? ''
  return new Map([...withFile(name, content), ['app.json', Buffer.from(withPackage(app))]])
}

describe('pages of app.json', () => {
  test('are consistent', () => expect(checkPages(copy.miniprogram).problems).toEqual([]))

  test('reports a listed page that is missing', () => {
    copy.remove('pages/login/login.wxml')
    expect(checkPages(copy.miniprogram).problems).toEqual(['app.json lists pages/login/login, which has no .wxml file'])
  })

  test('reports a missing page of a subpackage', () => {
    copy.write('extra/pages/one/one.ts', 'Page({})')
    copy.write('extra/pages/one/one.wxml', '<view />')
    expect(checkPages(copy.miniprogram).problems).toEqual([
      'extra/pages/one/one is a page, but app.json does not list it',
    ])
    copy.edit('app.json', withPackage)
    expect(checkPages(copy.miniprogram).problems).toEqual([
      'app.json lists extra/pages/one/one, which has no .json file',
    ])
  })

  test('reports a page that is not listed', () => {
    copy.edit('app.json', (text) => text.replace(/"pages\/settings\/settings",?/, '').replace(/,(\s*\])/, '$1'))
    expect(checkPages(copy.miniprogram).problems).toEqual([
      'pages/settings/settings is a page, but app.json does not list it',
    ])
  })
})

describe("WeChat's own compilers", () => {
  test('accept the mini-program', () => expect(checkOfficialCompiler(copy.miniprogram).problems).toEqual([]))

  test('report broken WXML', () => {
    copy.edit('pages/login/login.wxml', (text) => `${text}\n<view><text></view>`)
    expect(checkOfficialCompiler(copy.miniprogram).problems.join()).toMatch(/login\.wxml/)
  })

  test('report broken WXSS', () => {
    copy.edit('pages/login/login.wxss', (text) => `${text}\n.broken { color: `)
    expect(checkOfficialCompiler(copy.miniprogram).problems.join()).toMatch(/login\.wxss/)
  })
})

describe("miniprogram-ci's compile", () => {
  test('accepts the mini-program', () => expect(compiled[0].problems).toEqual([]))

  test('leaves no files where it was started', () => {
    // Its own folder has such a name.
    const folder = createHash('md5').update(`${copy.project}|summer`).digest('hex')
    expect(existsSync(folder)).toBe(false)
  })

  test('rejects JSON that violates the schema', () => expect(compiled[1].problems.join()).toMatch(/app\.json/))
})

describe('compiled modules', () => {
  test('run and register themselves', () => expect(runModules(files).problems).toEqual([]))

  test('report a module that throws', () => {
    const broken = withFile('pages/login/login.js', 'null.x')
    expect(runModules(broken).problems.join()).toMatch(/pages\/login\/login\.js: Cannot read properties of null/)
  })

  test('report a page that does not register itself', () => {
    expect(runModules(withFile('pages/login/login.js', '')).problems).toEqual([
      'pages/login/login.js does not call Page() or Component()',
    ])
  })

  test('report a require of a module outside of the package', () => {
    const broken = withFile('pages/login/login.js', 'require("lodash"); Page({})')
    expect(runModules(broken).problems.join()).toMatch(/requires lodash, which is not in the package/)
  })

  test('report a require from the main package into a subpackage', () => {
    const broken = withPackaged('extra/pages/one/one.js', 'Page({})')
    broken.set('pages/login/login.js', Buffer.from('require("../../extra/pages/one/one"); Page({})'))
    expect(runModules(broken).problems).toContain(
      'pages/login/login.js: requires ../../extra/pages/one/one of the subpackage extra/, which may not be there yet',
    )
  })

  test('allow a subpackage to require from the main package', () => {
    const good = withPackaged('extra/pages/one/one.js', 'require("../../../services/http"); Page({})')
    expect(runModules(good).problems).toEqual([])
  })

  test('report an app that does not start', () => {
    expect(runModules(withFile('app.js', '')).problems).toContain('app.js does not call App()')
  })
})

const withSdk = (bytes: number): CompiledFiles => withFile('yunxin/sdk/nim.js', 'x'.repeat(bytes))

/** Reported names if this is added to the end of a page. */
function problemsOf(markup: string): string[] {
  copy.edit('pages/login/login.wxml', (text) => `${text}\n${markup}`)
  return checkTemplates(copy.miniprogram, registered).problems
}

describe('templates', () => {
  test('are valid', () => expect(checkTemplates(copy.miniprogram, registered).problems).toEqual([]))

  test.each([
    ['<view bind:tap="nobodyHasThis" />', 'handler "nobodyHasThis" does not exist'],
    ['<view class="a {{missing.name}}">{{1}}</view>', 'data "missing" does not exist'],
    ['<some-tag />', 'tag <some-tag> is not in usingComponents'],
    ['<view wx:for="{{nowhere}}" wx:key="id">{{item.x}} {{index}}</view>', 'data "nowhere" does not exist'],
  ])('%s', (markup, problem) => {
    expect(problemsOf(markup)).toEqual([`pages/login/login.wxml: ${problem}`])
  })

  test('report an unclosed tag with its line', () => {
    expect(problemsOf('<view><text></view>').join()).toMatch(/pages\/login\/login\.wxml:\d+: missing end tag/)
  })

  test('ignore text that looks like code', () => {
    expect(problemsOf('<view aria-label="D.missing" data-x="{{\'D.missing\'}}">D.missing</view>')).toEqual([])
  })
})

describe('size', () => {
  test('is below the limit', () => expect(checkSize(files).problems).toEqual([]))

  test('reports a package that is too large, with its largest file', () => {
    const { problems } = checkSize(withFile('huge.js', 'x'.repeat(400_000)))
    expect(problems.join()).toMatch(/^the main package is too large.*huge\.js \(390\.6 KB\)/)
  })

  test('is checked for each subpackage', () => {
    const { problems, note } = checkSize(withPackaged('extra/huge.js', 'x'.repeat(400_000)))
    expect(problems).toEqual(['the subpackage extra/ is too large; its largest files: extra/huge.js (390.6 KB)'])
    expect(note).toMatch(/^main package 2\d\d\.\d KB of 300\.0 KB, .*subpackage extra\/ 390\.6 KB of 300\.0 KB/)
  })
})

describe("of a subpackage with the user's SDK files", () => {
  test("may reach WeChat's limit", () => {
    const { problems, note } = checkSize(withSdk(800_000))
    expect(problems).toEqual([])
    expect(note).toMatch(/^main package 2\d\d\.\d KB of 300\.0 KB, .*subpackage yunxin\/ [89]\d\d\.\d KB of 2048\.0 KB/)
  })

  test("must not exceed WeChat's limit", () => {
    expect(checkSize(withSdk(2 << 20)).problems.join()).toMatch(
      /^the subpackage yunxin\/ is too large.*yunxin\/sdk\/nim\.js/,
    )
  })
})

describe('wording', () => {
  test('of the sources follows the glossary', () => expect(checkWording(ROOT).problems).toEqual([]))
  test.each([
    ['Who leaves is no member.', 'Who'],
    ['Ends when the call is over.', 'is over'],
    ['The holder of the URL.', 'holder'],
  ])('reports a comment or a message with a replaced word, with its line: %s', (sentence, word) => {
    for (const line of [`/** ${sentence} */`, `const text = '${sentence}'`]) {
      copy.write('bad.ts', `const seat = 1\n${line}\n`)
      expect(checkWording(copy.project).problems.join()).toMatch(new RegExp(`^miniprogram/bad\\.ts:2: "${word}"`))
    }
  })
})

describe('tools', () => {
  test('report the output of types, lint and format as problems', async () => {
    const strict = JSON.stringify({ compilerOptions: { strict: true, noEmit: true, types: [] }, files: ['bad.ts'] })
    copy.write('tsconfig.json', strict)
    copy.write('bad.ts', "const x : number = 'a'\ndebugger\n")
    const [types, lint, format] = await Promise.all([
      runTool('typescript', 'tsc', ['-p', 'tsconfig.json'], copy.miniprogram),
      runTool('oxlint', 'oxlint', ['--deny-warnings', 'bad.ts'], copy.miniprogram),
      runTool('prettier', 'prettier', ['--check', 'bad.ts'], copy.miniprogram),
    ])
    expect(types.problems.join()).toMatch(/bad\.ts.*TS2322/)
    expect(lint.problems.join()).toMatch(/no-debugger/)
    expect(format.problems.join()).toMatch(/bad\.ts/)
  })
})

const types = (project: string) => runTool('typescript', 'tsc', ['-p', '.'], project)

describe('the files that the guide copies', () => {
  test('build the example clinic, with pages of the demo', () => {
    const miniprogram = join(examples.clinic, 'miniprogram')
    const app: unknown = JSON.parse(readFileSync(join(miniprogram, 'app.json'), 'utf8'))
    const [shown = ''] = blocksOf(GUIDES[0], 'json')
    expect(app).toMatchObject(JSON.parse(`{${shown}}`))
    expect(checkSchemas(examples.clinic).problems).toEqual([])
    expect(readFileSync(join(miniprogram, 'app.wxss'), 'utf8')).toContain(blocksOf(GUIDES[0], 'css')[0])

    const more = shown.replace('"pages/home/home", ', '$&"pages/records/records", "pages/settings/settings", ')
    writeFileSync(join(miniprogram, 'app.json'), JSON.stringify({ ...Object(app), ...JSON.parse(`{${more}}`) }))
    expect(checkSchemas(examples.clinic).problems).toEqual([])
    const modules = runModules(transpiled(miniprogram))
    expect(modules.problems).toEqual([])
    expect([...modules.registered.keys()]).toEqual(expect.arrayContaining(['pages/home/home', 'pages/records/records']))
    expect(checkTemplates(miniprogram, modules.registered).problems).toEqual([])
    expect(checkOfficialCompiler(miniprogram).problems).toEqual([])
  })

  test("have the types that the clinic and the guide's lines need", async () => {
    const [app = '', call = ''] = blocksOf(GUIDES[0], 'ts')
    const miniprogram = join(examples.clinic, 'miniprogram')
    writeFileSync(join(miniprogram, 'shown.ts'), app)
    writeFileSync(join(miniprogram, 'pages/home/shown.ts'), call)
    expect((await types(examples.clinic)).problems).toEqual([])
  })

  test('build a custom page from netcall/ and call/ alone', async () => {
    const { bare } = examples
    expect((await types(bare)).problems).toEqual([])
    expect(checkOfficialCompiler(join(bare, 'miniprogram')).problems).toEqual([])
  })
})
