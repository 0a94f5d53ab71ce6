/** WeChat's template compiler, run once for each state of the templates: test files and runs share its output. */
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'

type Compiler = { wxmlToJs(rootPath: string, options?: object): string }

const MODULES = path.resolve(__dirname, '../../node_modules')
const CACHE = path.join(MODULES, '.cache/templates')

export function compileTemplates(rootPath: string, options?: object): string {
  const file = path.join(CACHE, `${digest(rootPath)}.js`)
  try {
    return readFileSync(file, 'utf8')
  } catch {
    const compiler: Compiler = jest.requireActual('miniprogram-compiler')
    const code = compiler.wxmlToJs(rootPath, options)
    mkdirSync(CACHE, { recursive: true })
    // Renamed: another worker may be reading.
    writeFileSync(`${file}.${process.pid}`, code)
    renameSync(`${file}.${process.pid}`, file)
    return code
  }
}

/** Hash of everything that the compiler reads, and of its version. */
function digest(rootPath: string): string {
  const hash = createHash('sha256').update(readFileSync(path.join(MODULES, 'miniprogram-compiler/package.json')))
  for (const name of readdirSync(rootPath, { recursive: true, encoding: 'utf8' }).sort())
    if (/\.(wxml|wxs|json)$/.test(name)) hash.update(`\0${name}\0`).update(readFileSync(path.join(rootPath, name)))
  return hash.digest('hex')
}
