import { posix } from 'node:path'
import { createContext, runInContext } from 'node:vm'
import { isRecord } from './files'
import type { CompiledFiles } from './offline-compile'
import { listedPages, SUPPLIED, subpackages } from './pages'
import type { Report } from './report'

/** A module's argument of `Page` or `Component`. */
export interface Registration {
  kind: 'Page' | 'Component'
  definition: Record<string, unknown>
}
export type Registrations = ReadonlyMap<string, Registration>

/** Runs every compiled module with stubs for WeChat's globals; each page and component must register itself. */
export function runModules(files: CompiledFiles): Report & { registered: Registrations } {
  const registered = new Map<string, Registration>()
  const problems: string[] = []
  const world = new World(files, registered)
  const own = [...files.keys()].filter((name) => name.endsWith('.js') && !name.startsWith(SUPPLIED))
  for (const file of own.sort(appFirst)) {
    try {
      world.load(file)
    } catch (error) {
      problems.push(`${file}: ${error instanceof Error || isRecord(error) ? String(error['message']) : String(error)}`)
    }
  }
  if (!world.appRegistered) problems.push('app.js does not call App()')
  for (const [name, kind] of expected(files)) {
    const found = registered.get(name)
    if (!found) problems.push(`${name}.js does not call ${kind === 'Page' ? 'Page() or Component()' : 'Component()'}`)
    else if (kind === 'Component' && found.kind === 'Page') problems.push(`${name}.js is a component, but calls Page()`)
  }
  return { problems, registered, note: `${registered.size} pages and components` }
}

/** Pages in app.json, components by their JSON. */
function expected(files: CompiledFiles): Map<string, Registration['kind']> {
  const names = new Map<string, Registration['kind']>()
  for (const page of listedPages(jsonOf(files, 'app.json'))) names.set(page, 'Page')
  for (const file of files.keys()) {
    if (
      file.endsWith('.json') &&
      jsonOf(files, file)['component'] === true &&
      files.has(file.replace(/json$/, 'wxml'))
    ) {
      const name = file.slice(0, -'.json'.length)
      if (!names.has(name)) names.set(name, 'Component')
    }
  }
  return names
}

/** A compiled JSON file; an empty object if missing. */
export function jsonOf(files: CompiledFiles, name: string): Record<string, unknown> {
  const value: unknown = JSON.parse(files.get(name)?.toString() ?? '{}')
  return isRecord(value) ? value : {}
}

const appFirst = (a: string, b: string): number => Number(b === 'app.js') - Number(a === 'app.js') || (a < b ? -1 : 1)

/** Stub for anything a module uses of WeChat while it loads: any member, any call, an empty string, an empty list; never a promise. */
const ANYTHING: object = new Proxy(() => {}, {
  get: (_target, name) => {
    if (name === 'then') return undefined
    if (name === Symbol.toPrimitive) return () => ''
    if (name === Symbol.iterator) return () => [].values()
    return ANYTHING
  },
  apply: () => ANYTHING,
})

/** A CommonJS loader for the compiled files, with WeChat's globals. */
class World {
  appRegistered = false
  private current = ''
  private readonly loaded = new Map<string, { exports: unknown }>()
  private readonly context: object
  private readonly packages: readonly string[]

  constructor(
    private readonly files: CompiledFiles,
    registered: Map<string, Registration>,
  ) {
    this.packages = subpackages(jsonOf(files, 'app.json')).map(({ root }) => root)
    const register = (kind: Registration['kind']) => (definition: Record<string, unknown>) => {
      registered.set(this.current.slice(0, -'.js'.length), { kind, definition })
    }
    this.context = createContext({
      console,
      setTimeout,
      clearTimeout,
      setInterval,
      clearInterval,
      wx: ANYTHING,
      App: () => {
        this.appRegistered = true
      },
      Page: register('Page'),
      Component: register('Component'),
      Behavior: (definition: unknown) => definition,
      getApp: () => ANYTHING,
      getCurrentPages: () => [],
    })
  }

  load(file: string): unknown {
    const known = this.loaded.get(file)
    if (known) return known.exports
    const module = { exports: {} }
    this.loaded.set(file, module)
    const outer = this.current
    this.current = file
    try {
      const source = `(function(require,module,exports){${this.files.get(file)?.toString() ?? ''}\n})`
      const body: (require: unknown, module: unknown, exports: unknown) => void = runInContext(source, this.context, {
        filename: file,
      })
      body((path: string) => this.load(this.resolve(file, path)), module, module.exports)
    } finally {
      this.current = outer
    }
    return module.exports
  }

  private resolve(from: string, path: string): string {
    const target = path.startsWith('/') ? path.slice(1) : posix.join(posix.dirname(from), path)
    const found = [target, `${target}.js`, `${target}/index.js`].find((name) => this.files.has(name))
    if (found === undefined) throw new Error(`requires ${path}, which is not in the package`)
    // A subpackage may not be loaded yet; only its own modules know that it is.
    const home = this.packages.find((root) => found.startsWith(root))
    if (home !== undefined && !from.startsWith(home)) {
      throw new Error(`requires ${path} of the subpackage ${home}, which may not be there yet`)
    }
    return found
  }
}
