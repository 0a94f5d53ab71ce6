/** Whoever follows the guide into a mini-program of their own gets one that compiles, as WeChat would compile it. */
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { runModules } from '../../scripts/check/modules'
import { compileOffline } from '../../scripts/check/offline-compile'
import { checkOfficialCompiler } from '../../scripts/check/official-compiler'
import { checkSchemas } from '../../scripts/check/schemas'
import { checkTemplates } from '../../scripts/check/templates'
import { runTool } from '../../scripts/check/tool'
import { blocksOf, copyPieces, GUIDES, type Examples } from '../support/guide'

const COMPILE_TIME = 120_000

let examples: Examples
beforeAll(() => {
  examples = copyPieces(GUIDES[0])
})
afterAll(() => examples.discard())

const types = (project: string) => runTool('typescript', 'tsc', ['-p', '.'], project)

test(
  'the clinic, with the pages of the demo that are everybody’s to take',
  async () => {
    const { clinic } = examples
    const miniprogram = path.join(clinic, 'miniprogram')
    const app: unknown = JSON.parse(readFileSync(path.join(miniprogram, 'app.json'), 'utf8'))
    const [shown = ''] = blocksOf(GUIDES[0], 'json')
    expect(app).toMatchObject(JSON.parse(`{${shown}}`))
    expect(checkSchemas(clinic).problems).toEqual([])
    expect(readFileSync(path.join(miniprogram, 'app.wxss'), 'utf8')).toContain(blocksOf(GUIDES[0], 'css')[0])

    const more = shown.replace('"pages/home/home", ', '$&"pages/records/records", "pages/settings/settings", ')
    writeFileSync(path.join(miniprogram, 'app.json'), JSON.stringify({ ...Object(app), ...JSON.parse(`{${more}}`) }))
    const [compiled, { problems }] = await Promise.all([compileOffline(clinic), types(clinic)])
    expect([...compiled.problems, ...problems]).toEqual([])
    const modules = runModules(compiled.files)
    expect(modules.problems).toEqual([])
    expect([...modules.registered.keys()]).toEqual(expect.arrayContaining(['pages/home/home', 'pages/records/records']))
    expect(checkTemplates(miniprogram, modules.registered).problems).toEqual([])
    expect(checkOfficialCompiler(miniprogram).problems).toEqual([])
  },
  COMPILE_TIME,
)

test('the lines of code that the guide shows', async () => {
  const [app = '', call = ''] = blocksOf(GUIDES[0], 'ts')
  const miniprogram = path.join(examples.clinic, 'miniprogram')
  writeFileSync(path.join(miniprogram, 'shown.ts'), app)
  writeFileSync(path.join(miniprogram, 'pages/home/shown.ts'), call)
  expect((await types(examples.clinic)).problems).toEqual([])
})

test('a page of one’s own, with nothing but netcall/ and call/', async () => {
  const { bare } = examples
  expect((await types(bare)).problems).toEqual([])
  expect(checkOfficialCompiler(path.join(bare, 'miniprogram')).problems).toEqual([])
})
