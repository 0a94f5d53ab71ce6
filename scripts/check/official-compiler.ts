import { createRequire } from 'node:module'
import { join } from 'node:path'
import { filesBelow } from './files'
import type { Report } from './report'

interface Options {
  maxBuffer: number
}
const simulate = createRequire(join(process.cwd(), 'package.json')).resolve('miniprogram-simulate/package.json')
const requireBeside = createRequire(simulate)
/** Throws `wcc`'s message for invalid WXML, or an error with a code if `wcc` cannot be run. */
const { wxmlToJs }: { wxmlToJs: (root: string, options: Options) => string } = requireBeside('miniprogram-compiler')
/** Returns `wcsc`'s message for invalid WXSS; file names have no extension. */
const wcsc: (root: string, names: string[], options: Options) => unknown = requireBeside(
  'miniprogram-compiler/src/wcsc',
)

/** Error codes of a program for another machine. */
const NOT_FOR_THIS_MACHINE = ['ENOENT', 'ENOEXEC', 'EACCES', 'EBADARCH', 'UNKNOWN']
const OPTIONS: Options = { maxBuffer: 1 << 28 }

/** Compiles all WXML and WXSS with WeChat's `wcc` and `wcsc`. */
export function checkOfficialCompiler(miniprogram: string): Report {
  const problems: string[] = []
  try {
    wxmlToJs(miniprogram, OPTIONS)
  } catch (error) {
    if (isForeign(error)) {
      return { problems, note: `skipped: WeChat gives no wcc and wcsc for ${process.platform} ${process.arch}` }
    }
    problems.push(error instanceof Error ? error.message.trim() : String(error))
  }
  const sheets = filesBelow(miniprogram).filter((file) => file.endsWith('.wxss'))
  const answer = wcsc(
    miniprogram,
    sheets.map((file) => file.slice(0, -'.wxss'.length)),
    OPTIONS,
  )
  if (answer instanceof Error) problems.push(answer.message.trim())
  return { problems }
}

function isForeign(error: unknown): boolean {
  return error instanceof Error && 'code' in error && NOT_FOR_THIS_MACHINE.includes(String(error.code))
}
