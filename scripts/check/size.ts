import { jsonOf } from './modules'
import type { CompiledFiles } from './offline-compile'
import { SUPPLIED, subpackages } from './pages'
import type { Report } from './report'

/** Limit of the main package and of each subpackage, bytes: far below WeChat's 2 MB, for fast loading on slow networks. */
const PACKAGE_LIMIT = 300 * 1024

/** WeChat's limit: for a package with files that are not ours. */
const WECHAT_LIMIT = 2 * 1024 * 1024

const kilobytes = (bytes: number): string => `${(bytes / 1024).toFixed(1)} KB`

/** Checks the sizes of the main package and the subpackages. */
export function checkSize(files: CompiledFiles, limit = PACKAGE_LIMIT): Report {
  const roots = subpackages(jsonOf(files, 'app.json')).map(({ root }) => root)
  const contents = [...files].filter(([name]) => name !== 'project.config.json')
  const packages = [
    { name: 'main package', files: contents.filter(([name]) => !roots.some((root) => name.startsWith(root))) },
    ...roots.map((root) => ({ name: `subpackage ${root}`, files: contents.filter(([name]) => name.startsWith(root)) })),
  ].map((part) => ({
    ...part,
    bytes: part.files.reduce((sum, [, content]) => sum + content.length, 0),
    most: part.files.some(([name]) => name.startsWith(SUPPLIED)) ? WECHAT_LIMIT : limit,
  }))

  const problems = packages.flatMap(({ name, files: own, bytes, most }) => {
    if (bytes <= most) return []
    const largest = own.sort(([, a], [, b]) => b.length - a.length).slice(0, 5)
    const list = largest.map(([file, content]) => `${file} (${kilobytes(content.length)})`).join(', ')
    return [`the ${name} is too large; its largest files: ${list}`]
  })
  const sizes = packages.map(({ name, bytes, most }) => `${name} ${kilobytes(bytes)} of ${kilobytes(most)}`)
  return { problems, note: sizes.join(', ') }
}
