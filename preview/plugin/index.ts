/** Vite plugin: compiles the mini-program's sources to the start module of the phones. */
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
/** Event for new styles. */
const STYLES = 'miniprogram:styles'
const resolved = (id: string): string => `\0${id}`

/** URL prefix of the mini-program's images and sounds. */
const ASSETS = '/miniprogram/'

export function miniprogram(options: { root: string; phonePage: string }): Plugin {
  const root = path.resolve(options.root)
  const inside = (file: string): boolean => normalizePath(file).startsWith(`${normalizePath(root)}/`)
  let compiled: CompiledProgram | null = null
  /** Whether the phones have a program: after a compile error there is nothing to style. */
  let healthy = false
  /** The compile error that the phones got instead of a program. */
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
        // Otherwise a phone that connects before the next compilation would show it again.
        mistake = null
        invalidate(server)
        // Changed styles need no restart: a call continues while they are edited.
        if (styles) server.ws.send({ type: 'custom', event: STYLES, data: styles })
        else server.ws.send({ type: 'full-reload', path: options.phonePage })
      }
      // A change is reported before the file is complete, and changes come in groups.
      const changed = (file: string): void => {
        if (!inside(file)) return
        if (pending.size === 0) setTimeout(refresh, SETTLING)
        pending.add(file)
      }
      // Vite shows errors to connected pages only: a phone that is starting is not connected yet.
      server.environments.client.hot.on('vite:client:connect', (_, client) => {
        if (mistake) client.send({ type: 'error', err: { ...mistake, stack: '' } })
      })
      server.watcher.on('add', changed).on('change', changed).on('unlink', changed)
    },

    // The watcher above reloads the phones; Vite would reload the surrounding page, too.
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

/** Null if they do not compile: the next start shows why. */
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

/** Vite serves files outside of its root under `/@fs/`, with content types, ranges and its own checks. */
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
