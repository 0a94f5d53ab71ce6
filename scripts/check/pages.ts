import { join } from 'node:path'
import { filesBelow, isRecord, readJson } from './files'
import type { Report } from './report'

/** Every page of app.json has its files, and every page on disk is in app.json. */
export function checkPages(miniprogram: string): Report {
  const files = filesBelow(miniprogram)
  const listed = listedPages(readJson(join(miniprogram, 'app.json')))
  const problems: string[] = []
  for (const page of listed) {
    const missing = ['.ts', '.wxml', '.json'].filter((extension) => !files.includes(page + extension))
    if (missing.length > 0) problems.push(`app.json lists ${page}, which has no ${missing.join(', ')} file`)
  }
  for (const file of files.filter((name) => name.startsWith('pages/') && name.endsWith('.wxml'))) {
    const page = file.slice(0, -'.wxml'.length)
    const { component } = readJson(join(miniprogram, `${page}.json`))
    if (component !== true && files.includes(`${page}.ts`) && !listed.includes(page)) {
      problems.push(`${page} is a page, but app.json does not list it`)
    }
  }
  return { problems, note: `${listed.length} pages` }
}

/** The pages of app.json, those of subpackages included. */
export function listedPages(app: Record<string, unknown>): string[] {
  const packages = app['subPackages'] ?? app['subpackages']
  const inPackages = (Array.isArray(packages) ? packages : [])
    .filter(isRecord)
    .flatMap(({ root, pages }) => strings(pages).map((page) => `${String(root).replace(/\/$/, '')}/${page}`))
  return [...strings(app['pages']), ...inPackages]
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}
