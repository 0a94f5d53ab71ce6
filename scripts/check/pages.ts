import { join } from 'node:path'
import { filesBelow, isRecord, readJson } from './files'
import type { Report } from './report'

/** Every page in app.json has its files, and every page on disk is in app.json. */
export function checkPages(miniprogram: string): Report {
  const files = filesBelow(miniprogram)
  const listed = listedPages(readJson(join(miniprogram, 'app.json')))
  const problems: string[] = []
  for (const page of listed) {
    const missing = ['.ts', '.wxml', '.json'].filter((extension) => !files.includes(page + extension))
    if (missing.length > 0) problems.push(`app.json lists ${page}, which has no ${missing.join(', ')} file`)
  }
  for (const file of files.filter((name) => /(^|\/)pages\/.*\.wxml$/.test(name))) {
    const page = file.slice(0, -'.wxml'.length)
    const { component } = readJson(join(miniprogram, `${page}.json`))
    if (component !== true && files.includes(`${page}.ts`) && !listed.includes(page)) {
      problems.push(`${page} is a page, but app.json does not list it`)
    }
  }
  return { problems, note: `${listed.length} pages` }
}

/** The pages of app.json, subpackages included. */
export function listedPages(app: Record<string, unknown>): string[] {
  return [...strings(app['pages']), ...subpackages(app).flatMap(({ pages }) => pages)]
}

/** Files that the user supplies (`npm run yunxin`); ignored by git. */
export const SUPPLIED = 'yunxin/sdk/'

/** The subpackages of app.json: folder with a trailing `/`, and pages relative to the mini-program's root. */
export function subpackages(app: Record<string, unknown>): Array<{ root: string; pages: string[] }> {
  const packages = app['subPackages'] ?? app['subpackages']
  return (Array.isArray(packages) ? packages : []).filter(isRecord).map(({ root, pages }) => {
    const folder = `${String(root).replace(/\/$/, '')}/`
    return { root: folder, pages: strings(pages).map((page) => folder + page) }
  })
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}
