/** @jest-environment node */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const SOURCES = join(__dirname, '../../../miniprogram')
const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
const read = (file: string): string => readFileSync(join(SOURCES, file), 'utf8')
const quoted = (text: string): string[] => [...text.matchAll(/'([a-z-]+)'/g)].map(([, name]) => name ?? '')

/** Names in templates: plain ones, and those in an expression that chooses one. */
const inTemplates = files
  .filter((file) => file.endsWith('.wxml'))
  .flatMap((file) => [...read(file).matchAll(/<line-icon[^>]*? name="([^"]*)"/g)].map(([, name]) => name ?? ''))
  .flatMap((name) => (name.startsWith('{{') ? quoted(name.replace(/^.*\?/, '')) : [name]))

/** Names that scripts give to templates: the types of `icon` properties. */
const inScripts = files
  .filter((file) => file.endsWith('.ts') && file.startsWith('pages/records/'))
  .flatMap((file) => [...read(file).matchAll(/\bicon: ('[^\n]*)/g)].flatMap(([, types]) => quoted(types ?? '')))
  // Of toasts.
  .filter((name) => name !== 'none')

test('every icon that a template or a script names is drawn: a missing one is a filled square', () => {
  const drawn = [...read('components/line-icon/line-icon.wxss').matchAll(/^\.([a-z-]+) \{/gm)].map(([, name]) => name)
  const named = new Set([...inTemplates, ...inScripts])
  expect(named.size).toBeGreaterThan(15)
  expect([...named].filter((name) => !drawn.includes(name))).toEqual([])
})
