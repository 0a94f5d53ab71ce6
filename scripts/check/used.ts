import { readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { filesBelow, isRecord, readJson } from './files'
import { listedPages } from './pages'
import type { Report } from './report'

/** Every file of the package must be used: reached from app.json through pages, components, scripts and styles. */
export function checkUsed(miniprogram: string): Report {
  const files = filesBelow(miniprogram)
  const reached = new Set<string>()
  const waiting = ['app.json', 'app.ts', 'app.wxss']
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (reached.has(file) || !files.includes(file)) continue
    reached.add(file)
    waiting.push(...namedIn(file, miniprogram, files))
  }
  const problems = files.filter((file) => !reached.has(file)).map((file) => `${file}: nothing in the package uses it`)
  return { problems, note: `${files.length} files` }
}

/** Files named in a file, relative to the mini-program's root; they may not exist. */
function namedIn(file: string, miniprogram: string, files: readonly string[]): string[] {
  if (file.endsWith('.json')) return namedInJson(file, readJson(join(miniprogram, file)))
  const read = (name: string): string => readFileSync(join(miniprogram, name), 'utf8')
  if (file.endsWith('.ts')) return namedInScript(file, read(file))
  if (file.endsWith('.wxss')) return all(read(file), /@import\s+["']([^"']+)["']|url\(["']?([^"')]+)/g).map(from(file))
  if (!file.endsWith('.wxml')) return []
  const folder = posix.dirname(file)
  const scripts = files.filter((name) => posix.dirname(name) === folder && name.endsWith('.ts')).map(read)
  return all(read(file), /\ssrc="([^"]+)"/g).flatMap((source) => spelledOut(source, scripts).map(from(file)))
}

function namedInJson(file: string, content: Record<string, unknown>): string[] {
  const { usingComponents } = content
  const components = isRecord(usingComponents) ? Object.values(usingComponents).map(String).map(from(file)) : []
  const units = [...components, ...listedPages(content)]
  const parts = units.flatMap((unit) => ['.json', '.ts', '.wxml', '.wxss'].map((extension) => unit + extension))
  // Icons of the tab bar, in app.json or theme.json, and the paths of theme and sitemap.
  return [...parts, ...texts(content).map(from(file))]
}

function namedInScript(file: string, source: string): string[] {
  const modules = all(source, /(?:from|import|import\(|require\(|require\.async\()\s*['"](\.[^'"]+)['"]/g)
    .map(from(file))
    .flatMap((path) => [path, `${path}.ts`, `${path}/index.ts`, `${path}.js`])
  return [...modules, ...all(source, /['"`](\/[^'"`\s]+\.\w+)['"`]/g).map(from(file))]
}

/** A source with `{{…}}`, once for each possible value: the strings in it, or in the scripts beside it. */
function spelledOut(source: string, scripts: readonly string[]): string[] {
  const [place, expression = ''] = /\{\{(.*?)\}\}/.exec(source) ?? []
  if (place === undefined) return [source]
  const own = quoted(expression)
  const words = own.length > 0 ? own : scripts.flatMap(quoted)
  return words.map((word) => source.replace(place, word))
}

const quoted = (text: string): string[] => all(text, /'([\w-]+)'/g)

/** Resolves a named file to a path from the mini-program's root. */
function from(file: string): (name: string) => string {
  return (name) => (name.startsWith('/') ? name.slice(1) : posix.join(posix.dirname(file), name))
}

/** The groups of all matches. */
function all(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].flatMap(([, ...groups]) => groups.filter((group) => group !== undefined))
}

/** All strings in a JSON value. */
function texts(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return isRecord(value) ? Object.values(value).flatMap(texts) : []
}
