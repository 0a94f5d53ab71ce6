/** WeChat's `require` in a browser. */
import fs from 'node:fs'
import path from 'node:path'

const ASYNC = /\brequire\.async\(\s*('[^']+')\s*\)/g
const SYNC = /(?<![.\w])require\(\s*'([^']+)'\s*\)/g
const EXPORTS = /\bmodule\.exports\b/
const EXTENSIONS = ['', '.js', '.ts']

/**
 * Converts modules of `require` and `require.async` to imports. A missing one is harmless until it is required, as in WeChat: then
 * `require` throws.
 */
export function withRequires(code: string, file: string): string {
  const imports: string[] = []
  const body = code.replace(ASYNC, 'import($1)').replace(SYNC, (_, name: string) => {
    const target = path.resolve(path.dirname(file), name)
    if (!EXTENSIONS.some((extension) => fs.existsSync(target + extension))) {
      return `(() => { throw new Error(${JSON.stringify(`module '${name}' is not defined`)}) })()`
    }
    imports.push(`import required${imports.length} from ${JSON.stringify(name)};`)
    return `required${imports.length - 1}`
  })
  if (!file.endsWith('.js') || !EXPORTS.test(code)) return imports.join('') + body
  return `${imports.join('')}const module = { exports: {} }; const { exports } = module;${body}\n;export default module.exports`
}
