/** Vite plugin: the mini-program's sources become the module the phone's runtime starts from. */
import type { IncomingMessage } from 'node:http'
import path from 'node:path'
import { normalizePath, type Plugin, type ViteDevServer } from 'vite'
import { BUILTIN_TAGS } from '../elements/tags'
import { compile, type CompiledProgram } from './compile'
import { CompileError } from './compile-error'
import { bundleScripts } from './scripts'

const PROGRAM = 'virtual:miniprogram'
const SCRIPTS = 'virtual:miniprogram/scripts'
/** ms */
const SETTLING = 60
/** Event that tells the phones of new styles. */
const STYLES = 'miniprogram:styles'
const resolved = (id: string): string => `\0${id}`

/** Where the phone finds the mini-program's own pictures and sounds. */
export const ASSETS = '/miniprogram/'

export function miniprogram(options: { root: string; phonePage: string }): Plugin {
  const root = path.resolve(options.root)
  const inside = (file: string): boolean => normalizePath(file).startsWith(`${normalizePath(root)}/`)
  let compiled: CompiledProgram | null = null
  /** Whether the phones got a program: those that got a mistake have nothing to style. */
  let healthy = false
  /** The mistake that the phones got in place of a program. */
  let mistake: ReturnType<typeof shownMistake> | null = null

  const current = (warn: (message: string) => void): CompiledProgram => {
    if (compiled) return compiled
    healthy = false
    compiled = compile(root)
    healthy = true
    mistake = null
    for (const warning of unknownTags(compiled, root)) warn(warning)
    return compiled
  }

  return {
    name: 'miniprogram',
    enforce: 'pre',

    configureServer(server) {
      server.watcher.add(root)
      server.middlewares.use(assets(root))
      const pending = new Set<string>()
      const refresh = (): void => {
        const onlyStyles = [...pending].every((file) => file.endsWith('.wxss'))
        pending.clear()
        const styles = onlyStyles && healthy ? stylesOf(root) : null
        compiled = null
        invalidate(server)
        // New styles alone need no new start: a call goes on while one works on its looks.
        if (styles) server.ws.send({ type: 'custom', event: STYLES, data: styles })
        else server.ws.send({ type: 'full-reload', path: options.phonePage })
      }
      // A file is seen to change before it is written to its end, and one seldom comes alone.
      const changed = (file: string): void => {
        if (!inside(file)) return
        if (pending.size === 0) setTimeout(refresh, SETTLING)
        pending.add(file)
      }
      // Vite shows a mistake to whoever is linked when it is met: a phone that is just starting anew is not yet.
      server.environments.client.hot.on('vite:client:connect', (_, client) => {
        if (mistake) client.send({ type: 'error', err: { ...mistake, stack: '' } })
      })
      server.watcher.on('add', changed).on('change', changed).on('unlink', changed)
    },

    // The phones are reloaded by the watcher above; Vite's own way would reload the page around them too.
    hotUpdate({ file, modules }) {
      if (!inside(file)) return undefined
      for (const module of modules) this.environment.moduleGraph.invalidateModule(module)
      return []
    },

    resolveId(id) {
      return id === PROGRAM || id === SCRIPTS ? resolved(id) : undefined
    },

    async load(id) {
      if (id !== resolved(PROGRAM) && id !== resolved(SCRIPTS)) return undefined
      try {
        const { program, templates, scripts } = current((message) => this.warn(message))
        if (id === resolved(SCRIPTS)) return await bundleScripts(root, scripts)
        return `export const program = ${JSON.stringify(program)}\nexport const templates = ${templates}`
      } catch (error) {
        if (!(error instanceof CompileError)) throw error
        mistake = shownMistake(error)
        return this.error(mistake)
      }
    },
  }
}

function shownMistake({ reason, file, line, column }: CompileError) {
  return { message: `${reason}\n${file}:${line}:${column}`, id: file, loc: { file, line, column } }
}

/** Null when they do not compile: then a new start shows why. */
function stylesOf(root: string): Record<string, string> | null {
  try {
    return compile(root).program.styles
  } catch (error) {
    if (error instanceof CompileError) return null
    throw error
  }
}

function invalidate(server: ViteDevServer): void {
  const graph = server.environments.client.moduleGraph
  for (const id of [PROGRAM, SCRIPTS]) {
    const module = graph.getModuleById(resolved(id))
    if (module) graph.invalidateModule(module)
  }
}

function unknownTags({ tags, program }: CompiledProgram, root: string): string[] {
  const warnings: string[] = []
  for (const { path: name, config } of program.components) {
    for (const tag of tags.get(name) ?? []) {
      const known = BUILTIN_TAGS.has(tag) || tag in config.usingComponents || tag in (config.componentGenerics ?? {})
      if (!known) warnings.push(`${path.join(root, name)}.wxml uses <${tag}>, which is neither built in nor declared`)
    }
  }
  return warnings
}

/** Vite serves files outside its root under `/@fs/`, with types, ranges and its own checks. */
function assets(root: string) {
  return (request: IncomingMessage, _response: unknown, next: () => void): void => {
    const url = request.url ?? ''
    if (url.startsWith(ASSETS)) {
      const target = path.posix.normalize(`/${url.slice(ASSETS.length)}`)
      request.url = `/@fs/${normalizePath(root).replace(/^\//, '')}${target}`
    }
    next()
  }
}
