import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { filesBelow, isRecord, namesIn, readJson } from './files'
import type { Registration, Registrations } from './modules'
import type { Report } from './report'

interface Diagnosis {
  message: string
  startLine: number
}
interface TemplateGroup {
  addTmpl(path: string, source: string): Diagnosis[]
  getTmplGenObject(path: string): string
  free(): void
}
const compiler: { TmplGroup: new () => TemplateGroup } = createRequire(join(process.cwd(), 'package.json'))(
  'glass-easel-template-compiler',
)

const BUILT_IN = new Set(
  `ad audio block button camera canvas checkbox checkbox-group cover-image cover-view editor form icon image import include
  input label live-player live-pusher map match-media movable-area movable-view navigation-bar navigator official-account
  open-data page-container page-meta picker picker-view picker-view-column progress radio radio-group rich-text root-portal
  scroll-view share-element slider slot swiper swiper-item switch template text textarea video view voip-room web-view
  wxs`.split(/\s+/),
)

/** Every handler, data name and tag in a template must exist. */
export function checkTemplates(miniprogram: string, registered: Registrations): Report {
  const files = filesBelow(miniprogram).filter((file) => file.endsWith('.wxml'))
  const shared = namesIn(readJson(join(miniprogram, 'app.json'))['usingComponents'])
  const problems = files.flatMap((file) => {
    const name = file.slice(0, -'.wxml'.length)
    const tags = [...shared, ...namesIn(readJson(join(miniprogram, `${name}.json`))['usingComponents'])]
    const source = readFileSync(join(miniprogram, file), 'utf8')
    return checkTemplate(file, source, registered.get(name), new Set(tags))
  })
  return { problems, note: `${files.length} templates` }
}

function checkTemplate(file: string, source: string, owner: Registration | undefined, declared: Set<string>): string[] {
  const group = new compiler.TmplGroup()
  try {
    const problems = group.addTmpl(file, source).map(({ message, startLine }) => `${file}:${startLine + 1}: ${message}`)
    const uses = usesOf(group.getTmplGenObject(file))
    for (const tag of uses.tags) {
      if (!BUILT_IN.has(tag) && !declared.has(tag)) problems.push(`${file}: tag <${tag}> is not in usingComponents`)
    }
    // Included templates have no names of their own.
    if (!owner) return problems
    const { data, methods } = namesOf(owner)
    for (const name of uses.handlers) if (!methods.has(name)) problems.push(`${file}: handler "${name}" does not exist`)
    for (const name of uses.data) if (!data.has(name)) problems.push(`${file}: data "${name}" does not exist`)
    return problems
  } finally {
    group.free()
  }
}

/** Names used by a template, from glass-easel's generated code. */
function usesOf(code: string): { tags: Set<string>; handlers: Set<string>; data: Set<string> } {
  // The page's own template has no name; a named one gets its data from its users.
  const own = code.slice(code.indexOf('H[""]='))
  const withoutStrings = own.replace(/"(?:[^"\\]|\\.)*"/g, '""')
  return {
    tags: firsts(code, /\bE\("([^"]+)",\{/g),
    handlers: firsts(code, /\bR\.v\(N,"[^"]+","([^"]+)",/g),
    data: firsts(withoutStrings, /\bD\.(\w+)/g),
  }
}

function firsts(text: string, pattern: RegExp): Set<string> {
  return new Set([...text.matchAll(pattern)].flatMap(([, name]) => (name === undefined ? [] : [name])))
}

function functions(subject: unknown): string[] {
  return isRecord(subject) ? Object.keys(subject).filter((name) => typeof subject[name] === 'function') : []
}

/** Names that a registered definition, with its behaviors, offers to its template. */
function namesOf({ kind, definition }: Registration): { data: Set<string>; methods: Set<string> } {
  const { behaviors } = definition
  const parts = [definition, ...(Array.isArray(behaviors) ? behaviors.filter(isRecord) : [])]
  return {
    data: new Set(parts.flatMap((part) => [...namesIn(part['data']), ...namesIn(part['properties'])])),
    methods: new Set(
      parts.flatMap((part) => [...functions(part['methods']), ...(kind === 'Page' ? functions(part) : [])]),
    ),
  }
}
