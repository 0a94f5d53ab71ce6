/** A plain table in Markdown: the first column left-aligned, figures right-aligned. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(3, title.length, ...rows.map((row) => row[column]?.length ?? 0)))
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, column) => pad(cells[column] ?? '', width, column)).join(' | ')} |`
  const rule = `|${widths.map((width, column) => (column === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`
  return [line(head), rule, ...rows.map(line)].join('\n')
}

const pad = (cell: string, width: number, column: number): string =>
  column === 0 ? cell.padEnd(width) : cell.padStart(width)

/** ms without decimals, for user-visible times. */
export const wholeMs = (ms: number): string => (Number.isFinite(ms) ? `${Math.round(ms)} ms` : '–')
/** ms with decimals, for machine times. */
export const fineMs = (ms: number): string => (Number.isFinite(ms) ? `${ms.toFixed(2)} ms` : '–')
