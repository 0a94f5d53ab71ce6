import { readFileSync } from 'node:fs'

const SLOWEST = 10

/** A part's result from the reporter; null if jest failed earlier. */
export function readFiles(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return null
  }
}

/**
 * The result of a run from its parts, each `{ part, files, code }`: files from the reporter, null if jest failed earlier, and jest's exit
 * code. A run without any passed test fails.
 */
export function resultOf(parts) {
  const files = parts.flatMap(({ part, files, code }) =>
    files === null ? [brokenPart(part, `jest ended with code ${code} before its tests did`)] : files,
  )
  const sum = (what) => files.reduce((total, file) => total + file[what], 0)
  const counts = { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') }
  const good = counts.failed === 0 && counts.passed > 0 && parts.every(({ code }) => code === 0)
  return { ...counts, good, files }
}

function brokenPart(name, failure) {
  return { name, ms: 0, passed: 0, failed: 1, skipped: 0, failure }
}

/** The end of a run's output: slowest files, failures with their output, and the count as last line. */
export function summaryOf({ passed, failed, skipped, files }) {
  const lines = []
  if (files.length > SLOWEST) {
    const slowest = files.toSorted((one, other) => other.ms - one.ms).slice(0, SLOWEST)
    lines.push(
      '',
      'Slowest files:',
      ...slowest.map(({ name, ms }) => `${(ms / 1000).toFixed(1).padStart(8)} s  ${name}`),
    )
  }
  const broken = files.filter((file) => file.failed > 0)
  for (const { name, failure } of broken) lines.push('', `✗ ${name}`, '', (failure ?? '').trimEnd())
  if (broken.length > 0) lines.push('', 'Failed files:', ...broken.map(({ name }) => `  ${name}`))
  lines.push('', `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
  return lines.join('\n')
}
