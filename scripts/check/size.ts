import type { CompiledFiles } from './offline-compile'
import type { Report } from './report'

/** Far below WeChat's 2 MB, so that the app opens quickly on a poor network. Bytes. */
export const MAIN_PACKAGE_LIMIT = 300 * 1024

const kilobytes = (bytes: number): string => `${(bytes / 1024).toFixed(1)} KB`

/** The main package must stay small. */
export function checkSize(files: CompiledFiles, limit = MAIN_PACKAGE_LIMIT): Report {
  const bytes = [...files].reduce(
    (sum, [name, content]) => (name === 'project.config.json' ? sum : sum + content.length),
    0,
  )
  const note = `main package ${kilobytes(bytes)} of ${kilobytes(limit)}`
  if (bytes <= limit) return { problems: [], note }
  const largest = [...files].sort(([, a], [, b]) => b.length - a.length).slice(0, 5)
  const list = largest.map(([name, content]) => `${name} (${kilobytes(content.length)})`).join(', ')
  return { problems: [`the main package is too large; its largest files: ${list}`], note }
}
