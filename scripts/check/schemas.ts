import { createRequire } from 'node:module'
import { join } from 'node:path'
import { filesBelow, readJson } from './files'
import type { Report } from './report'

type Kind = 'app' | 'page' | 'projectconfig' | 'sitemap' | 'theme'
interface Verdict {
  /** A sentence about names unknown to the schema; empty if there are none. */
  warning: string
  error: Array<{ errorProperty: string; correctType?: string[]; requireProperty?: unknown }>
}

/** WeChat's own schemas, as in DevTools. Its other checks of JSON stop at the first error, and accept unknown names. */
const { schemaValidate }: { schemaValidate: (kind: Kind, value: unknown) => Verdict } = createRequire(
  join(process.cwd(), 'package.json'),
)('miniprogram-ci/dist/modules/corecompiler/original/validate/schemaValidate')

/** Every JSON file of the project must match its official schema. */
export function checkSchemas(project: string): Report {
  const miniprogram = join(project, 'miniprogram')
  const app = readJson(join(miniprogram, 'app.json'))
  const files = filesBelow(miniprogram)
  const pages = files.filter((file) => file.endsWith('.json') && files.includes(file.replace(/json$/, 'wxml')))
  const checks: Array<[Kind, string]> = [
    ['projectconfig', 'project.config.json'],
    ['app', 'miniprogram/app.json'],
    ...named('theme', app['themeLocation']),
    ...named('sitemap', app['sitemapLocation']),
    ...pages.map((file): [Kind, string] => ['page', `miniprogram/${file}`]),
  ]
  const problems = checks.flatMap(([kind, file]) => check(kind, file, project))
  return { problems, note: `${checks.length} files` }
}

/** A file that app.json may name. */
function named(kind: Kind, location: unknown): Array<[Kind, string]> {
  return typeof location === 'string' ? [[kind, `miniprogram/${location}`]] : []
}

function check(kind: Kind, file: string, project: string): string[] {
  let value: unknown
  try {
    value = readJson(join(project, file))
  } catch (error) {
    return [`${file}: ${error instanceof Error ? error.message : String(error)}`]
  }
  const { warning, error } = schemaValidate(kind, value)
  const wrong = error.map(({ errorProperty, correctType, requireProperty }) =>
    correctType
      ? `${file}: ${errorProperty} should be ${correctType.join(' or ')}`
      : `${file}: ${[errorProperty, String(requireProperty)].filter(Boolean).join('.')} is missing or wrong`,
  )
  return warning === '' ? wrong : [...wrong, `${file}: unknown: ${warning}`]
}
