/** The mini-program's scripts as one browser module. */
import path from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import type { Plugin } from 'rolldown'
import { bundle, type Bundle } from './bundle'
import type { CompiledProgram } from './compile'
import { CompileError } from './compile-error'
import { withRequires } from './requires'

type Scripts = CompiledProgram['scripts']

const ENTRY = '\0scripts'
const TIMERS = 'const { setTimeout, setInterval, clearTimeout, clearInterval } = globalThis.phoneTimers;'
const environment = (path: string): string =>
  `const { Page, Component, Behavior } = globalThis.componentEnvironment(${JSON.stringify(path)});`

/** They run in this order. Throws a `CompileError` at the first error. */
export async function bundleScripts(root: string, scripts: Scripts): Promise<Bundle> {
  try {
    return await bundle(ENTRY, [inWechatsWay(root, scripts)])
  } catch (error) {
    throw asCompileError(error)
  }
}

/**
 * Page, Component and Behavior must know the calling file, whatever the execution order; timers are the phone's, which may be suspended;
 * `require` is WeChat's.
 */
function inWechatsWay(root: string, scripts: Scripts): Plugin {
  const paths = new Map(scripts.map(({ file, path }) => [file, path]))
  return {
    name: 'scripts',
    resolveId: (id) => (id === ENTRY ? id : undefined),
    load: (id) => (id === ENTRY ? scripts.map(({ file }) => `import ${JSON.stringify(file)}`).join('\n') : undefined),
    transform(code, id) {
      const file = path.normalize(id)
      if (!file.startsWith(root + path.sep)) return undefined
      const name = paths.get(file)
      const own = name === undefined || name === 'app' ? '' : environment(name)
      return `${TIMERS}${own}${withRequires(code, file)}`
    },
  }
}

interface Failure {
  message: string
  id?: string
  loc?: { line: number; column: number }
}
/** The first error of rolldown, which includes the position in its message. */
function asCompileError(error: unknown): unknown {
  const { errors = [] }: { errors?: Failure[] } = Object(error)
  const [first] = errors
  if (first?.id === undefined || !first.loc) return error
  const [reason = ''] = stripVTControlCharacters(first.message).split('\n')
  const { line, column } = first.loc
  return new CompileError(reason.replace(/^\[\w+\] /, ''), first.id, line, column + 1)
}
