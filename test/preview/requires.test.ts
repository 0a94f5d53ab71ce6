import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import vm from 'node:vm'
import { withRequires } from '../../preview/plugin/requires'

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'requires-'))
fs.writeFileSync(path.join(folder, 'there.js'), 'module.exports = 1')
afterAll(() => fs.rmSync(folder, { recursive: true }))
const inFolder = (name: string): string => path.join(folder, name)

test('require.async becomes a dynamic import', () => {
  const code = withRequires("const loaded = await require.async('../yunxin/provider')", inFolder('create.ts'))
  expect(code).toBe("const loaded = await import('../yunxin/provider')")
})

test('an existing module is imported', () => {
  const code = withRequires("const sdk = require('./there')", inFolder('sdk.ts'))
  expect(code).toBe('import required0 from "./there";const sdk = required0')
})

test('a missing module throws where it is required', () => {
  const code = withRequires("function load() { return require('./missing') }; load", inFolder('sdk.ts'))
  const load: unknown = vm.runInThisContext(code)
  expect(load).toThrow("module './missing' is not defined")
})

test('exports of a CommonJS file can be imported', () => {
  const code = withRequires('module.exports = { use() {} }', inFolder('nim.js'))
  expect(code).toMatch(/^const module = .*module\.exports = \{ use\(\) \{\} \}\n;export default module\.exports$/s)
  expect(withRequires('export const a = 1', inFolder('a.js'))).toBe('export const a = 1')
})
