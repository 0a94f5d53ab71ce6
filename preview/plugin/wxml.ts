/** Compiles WXML and WXS to template functions, with glass-easel's compiler. */
import fs from 'node:fs'
import path from 'node:path'
import { TmplGroup } from 'glass-easel-template-compiler'
import { z } from 'zod'
import { CompileError } from './compile-error'

const diagnostics = z.array(
  z.looseObject({
    isError: z.boolean(),
    message: z.string(),
    startLine: z.number(),
    startColumn: z.number(),
  }),
)
const paths = z.array(z.string())

interface CompiledTemplates {
  /** A JavaScript expression: an object of template functions by path. */
  code: string
  /** The tags used by a template, its imports included. */
  tags: Map<string, Set<string>>
}

/**
 * Compiles the templates at `roots` (paths without `.wxml`) with their imports, includes and wxs. Throws a `CompileError` at the first
 * error.
 */
export function compileTemplates(root: string, roots: string[], onFile: (file: string) => void): CompiledTemplates {
  const group = TmplGroup.newDev()
  const imports = new Map<string, string[]>()
  const scripts = new Set<string>()

  const addTemplate = (name: string, from: string): void => {
    if (imports.has(name)) return
    const file = path.join(root, `${name}.wxml`)
    const found = diagnostics.parse(group.addTmpl(name, read(file, from, onFile)))
    const mistake = found.find((diagnostic) => diagnostic.isError)
    if (mistake) throw new CompileError(mistake.message, file, mistake.startLine + 1, mistake.startColumn + 1)
    const dependencies = paths.parse(group.getDirectDependencies(name))
    imports.set(name, dependencies)
    for (const dependency of dependencies) addTemplate(dependency, file)
    for (const script of paths.parse(group.getScriptDependencies(name))) addScript(script, file)
  }
  const addScript = (name: string, from: string): void => {
    if (scripts.has(name)) return
    scripts.add(name)
    const file = path.join(root, name.endsWith('.wxs') ? name : `${name}.wxs`)
    const source = read(file, from, onFile)
    group.addScript(name, source)
    for (const [, target] of source.matchAll(/require\(\s*['"](.+?)['"]\s*\)/g)) {
      if (target) addScript(path.posix.join(path.posix.dirname(name), target), file)
    }
  }

  try {
    for (const name of roots) addTemplate(name, path.join(root, `${name}.json`))
    const own = new Map([...imports.keys()].map((name) => [name, tagsOf(group.getTmplGenObject(name))]))
    const tags = new Map(roots.map((name) => [name, tagsWithImports(name, own, imports)]))
    return { code: group.getTmplGenObjectGroups(), tags }
  } finally {
    group.free()
  }
}

function read(file: string, from: string, onFile: (file: string) => void): string {
  onFile(file)
  try {
    return fs.readFileSync(file, 'utf8')
  } catch {
    throw new CompileError(`"${path.basename(file)}", which this names, is missing`, from)
  }
}

function tagsOf(code: string): Set<string> {
  return new Set([...code.matchAll(/\bE\("([^"]+)",\{/g)].map(([, tag]) => tag ?? ''))
}

function tagsWithImports(name: string, own: Map<string, Set<string>>, imports: Map<string, string[]>): Set<string> {
  const seen = new Set<string>()
  const tags = new Set<string>()
  const visit = (template: string): void => {
    if (seen.has(template)) return
    seen.add(template)
    for (const tag of own.get(template) ?? []) tags.add(tag)
    for (const imported of imports.get(template) ?? []) visit(imported)
  }
  visit(name)
  return tags
}
