/** Compiles a mini-program's source tree to a program for the runtime. Independent of Vite. */
import fs from 'node:fs'
import path from 'node:path'
import { CompileError } from './compile-error'
import { readAppConfig, readComponentConfig, readThemes, resolvePath } from './config'
import type { AppConfig, ComponentConfig, Themes } from './config'
import { compileTemplates } from './wxml'
import { compileWxss } from './wxss'

/** A page or component. */
interface ProgramComponent {
  /** Without extension, from the mini-program's root. */
  path: string
  isPage: boolean
  config: ComponentConfig
  /** Class prefix of its styles; null if it shares the page's. */
  styleScope: string | null
}
/** The runtime's data. */
export interface Program {
  app: AppConfig
  themes: Themes | null
  components: ProgramComponent[]
  /** CSS by component path; the app's is `app`. */
  styles: Record<string, string>
}
export interface CompiledProgram {
  program: Program
  /** A JavaScript expression: an object of template functions by component path. */
  templates: string
  /** The tags used by each template. */
  tags: Map<string, Set<string>>
  /** Scripts in WeChat's execution order. */
  scripts: { file: string; path: string }[]
  /** All files that were read. */
  files: Set<string>
}

/** Throws a `CompileError` at the first error. */
export function compile(root: string): CompiledProgram {
  const files = new Set<string>()
  const onFile = (file: string): void => void files.add(file)
  const source = (name: string): string => {
    const file = path.join(root, name)
    onFile(file)
    return file
  }

  const app = readAppConfig(source('app.json'))
  const themes = app.themeLocation === undefined ? null : readThemes(source(app.themeLocation))
  const components = collectComponents(root, app, source)
  const names = components.map((component) => component.path)
  const templates = compileTemplates(root, names, onFile)

  const styles: Record<string, string> = {}
  const style = (name: string, scope: { classPrefix?: string | null; page?: string | null }): void => {
    const file = source(`${name}.wxss`)
    styles[name] = fs.existsSync(file) ? compileWxss(file, { root, onFile, ...scope }) : ''
  }
  style('app', {})
  for (const { path: name, styleScope, isPage } of components) {
    style(name, { classPrefix: styleScope, page: isPage ? name : null })
  }

  const inOrder = [
    ...components.filter((component) => !component.isPage),
    ...components.filter((component) => component.isPage),
  ]
  const scripts = ['app', ...inOrder.map((component) => component.path)].map((name) => {
    const file = scriptOf(root, name)
    if (file === null) throw new CompileError(`"${name}" has no .ts or .js file`, path.join(root, 'app.json'))
    onFile(file)
    return { file, path: name }
  })
  return {
    program: { app, themes, components, styles },
    templates: templates.code,
    tags: templates.tags,
    scripts,
    files,
  }
}

function collectComponents(root: string, app: AppConfig, source: (name: string) => string): ProgramComponent[] {
  const found = new Map<string, ProgramComponent>()
  const visit = (name: string, isPage: boolean, from: string): void => {
    if (found.has(name)) return
    if (scriptOf(root, name) === null) {
      throw new CompileError(`"${name}" has no .ts or .js file`, path.join(root, from))
    }
    const json = `${name}.json`
    const config = readComponentConfig(source(json))
    const usingComponents: Record<string, string> = {}
    for (const [tag, target] of Object.entries(app.usingComponents)) usingComponents[tag] = resolvePath(target, 'app')
    for (const [tag, target] of Object.entries(config.usingComponents)) usingComponents[tag] = resolvePath(target, name)
    const absolute = Object.fromEntries(Object.entries(usingComponents).map(([tag, target]) => [tag, `/${target}`]))
    const component = { path: name, isPage, config: { ...config, usingComponents: absolute } }
    found.set(name, { ...component, styleScope: styleScope(name, config) })
    for (const target of Object.values(usingComponents)) visit(target, false, json)
  }
  const packaged = app.subPackages.flatMap((part) => part.pages.map((page) => path.posix.join(part.root, page)))
  for (const page of [...app.pages, ...packaged]) visit(page, true, 'app.json')
  return [...found.values()]
}

function styleScope(name: string, config: ComponentConfig): string | null {
  const isolation = config.styleIsolation ?? (config.component && !config.addGlobalClass ? 'isolated' : 'shared')
  const shares = (isolation === 'shared' || isolation === 'page-shared') && !config.addGlobalClass
  return shares ? null : name.replaceAll('/', '-')
}

function scriptOf(root: string, name: string): string | null {
  const candidates = [`${name}.ts`, `${name}.js`].map((file) => path.join(root, file))
  return candidates.find((file) => fs.existsSync(file)) ?? null
}
