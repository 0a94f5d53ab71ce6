/** `npm run check`: one line per step, followed by its problems. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { runModules, type Registrations } from './modules'
import { compileOffline, type CompiledFiles } from './offline-compile'
import { checkOfficialCompiler } from './official-compiler'
import { checkPages } from './pages'
import type { Report } from './report'
import { checkSchemas } from './schemas'
import { checkSize } from './size'
import { checkTemplates } from './templates'
import { runTool } from './tool'
import { checkUsed } from './used'
import { checkWording } from './wording'

const PROJECTS = [
  'tsconfig.json',
  'server/tsconfig.json',
  'preview/tsconfig.json',
  'test/tsconfig.json',
  'bench/tsconfig.json',
  'scripts/tsconfig.json',
]

async function step(name: string, check: () => Report | Promise<Report>): Promise<boolean> {
  const begun = performance.now()
  const { problems, note } = await check()
  const good = problems.length === 0
  const time = `${((performance.now() - begun) / 1000).toFixed(1)} s`
  console.log(`${good ? '✓' : '✗'} ${name.padEnd(28)} ${time.padStart(7)}${note === undefined ? '' : `  ${note}`}`)
  for (const problem of problems) console.log(problem.replaceAll(/^/gm, '    '))
  return good
}

async function main(root: string): Promise<boolean> {
  const miniprogram = join(root, 'miniprogram')
  const results: boolean[] = []
  for (const project of PROJECTS.filter((path) => existsSync(join(root, path)))) {
    results.push(await step(`types ${project}`, () => runTool('typescript', 'tsc', ['-p', project], root)))
  }
  results.push(await step('lint', () => runTool('oxlint', 'oxlint', ['--type-aware', '--deny-warnings'], root)))
  results.push(await step('unused', () => runTool('knip', 'knip', ['--no-progress'], root)))
  results.push(
    await step('format', () => runTool('prettier', 'prettier', ['--check', '--log-level', 'warn', '.'], root)),
  )
  results.push(await step('wording', () => checkWording(root)))
  results.push(await step('pages of app.json', () => checkPages(miniprogram)))
  results.push(await step('official schemas', () => checkSchemas(root)))
  results.push(await step('every file is used', () => checkUsed(miniprogram)))
  results.push(await step("WeChat's wcc and wcsc", () => checkOfficialCompiler(miniprogram)))

  let files: CompiledFiles = new Map()
  const compile = async (): Promise<Report> => {
    const { files: compiled, ...report } = await compileOffline(root)
    files = compiled
    return report
  }
  const compiled = await step("miniprogram-ci's compile", compile)
  results.push(compiled)
  if (!compiled) return false

  let registered: Registrations = new Map()
  const execute = (): Report => {
    const { registered: found, ...report } = runModules(files)
    registered = found
    return report
  }
  results.push(await step('compiled modules run', execute))
  results.push(await step('handlers, data, tags', () => checkTemplates(miniprogram, registered)))
  results.push(await step('size', () => checkSize(files)))
  return results.every(Boolean)
}

process.exitCode = (await main(process.cwd())) ? 0 : 1
