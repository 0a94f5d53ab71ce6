/** The titles in a test file, read from its source: each test with those of the groups around it, outermost first. */
import { parseSync } from '@swc/core'

/** Those of a condition, too: `describeWithFfmpeg`. */
const GROUP = /^describe(?![a-z])/
const TEST = /^(?:test|it)(?![a-z])/

export function titlesIn(source: string): string[][] {
  const found: string[][] = []
  walk(parseSync(source, { syntax: 'typescript', target: 'es2022' }), [], found)
  return found
}

/** Whether the names stand for a test, or a group of tests: each inside the one before it. */
export function holds(titles: readonly string[][], names: readonly string[]): boolean {
  return titles.some((chain) => chain.some((_, start) => names.every((name, at) => chain[start + at] === name)))
}

function walk(node: unknown, around: readonly string[], found: string[][]): void {
  if (Array.isArray(node)) return node.forEach((part) => walk(part, around, found))
  if (!isNode(node)) return
  const title = titleOf(node)
  if (title === null) return Object.values(node).forEach((part) => walk(part, around, found))
  const chain = [...around, title.text]
  if (title.group) walk(node['arguments'], chain, found)
  else found.push(chain)
}

/** The title that a call of `test`, `describe`, `test.each(…)` and the like gives; null for any other node. */
function titleOf(node: Node): { text: string; group: boolean } | null {
  if (node['type'] !== 'CallExpression') return null
  const name = nameOf(node['callee'])
  const group = GROUP.test(name)
  const [first] = Array.isArray(node['arguments']) ? node['arguments'] : []
  const text = group || TEST.test(name) ? textOf(isNode(first) ? first['expression'] : null) : null
  return text === null ? null : { text, group }
}

/** `test` of `test`, of `test.only` and of `test.each(…)`. */
function nameOf(callee: unknown): string {
  if (!isNode(callee)) return ''
  if (callee['type'] === 'Identifier') return String(callee['value'])
  if (callee['type'] === 'CallExpression') return isNode(callee['callee']) ? nameOf(callee['callee']) : ''
  return callee['type'] === 'MemberExpression' ? nameOf(callee['object']) : ''
}

function textOf(node: unknown): string | null {
  if (!isNode(node)) return null
  if (node['type'] === 'StringLiteral') return String(node['value'])
  const quasis = node['type'] === 'TemplateLiteral' && Array.isArray(node['quasis']) ? node['quasis'] : []
  return quasis.length === 1 && isNode(quasis[0]) ? String(quasis[0]['cooked']) : null
}

type Node = Record<string, unknown>
function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null
}
