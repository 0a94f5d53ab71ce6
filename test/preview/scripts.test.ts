/** @jest-environment node */
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { runInNewContext } from 'node:vm'

interface Bundled {
  code: string
  files: string[]
  mistake: object
}

const CASES = {
  order: {
    'app.ts': "import { word } from './word'\nsetTimeout(word)",
    'page.ts': "import { word } from './word'\nconst text: string = word\nPage(text)\nsetTimeout('page')",
    'word.ts': "setTimeout('word')\nexport const word = 'hello'",
  },
  later: {
    'app.ts': [
      "setTimeout('app')",
      "void require.async('./later').then(({ word }) => setTimeout(word))",
      "try { require('./missing') } catch (error) { setTimeout(error.message) }",
    ].join('\n'),
    'page.ts': '',
    'later.ts': "setTimeout('later')\nexport const word = 'came'",
  },
  syntax: { 'app.ts': '', 'page.ts': 'const a = 1\nconst = 2' },
  nowhere: { 'app.ts': "\nimport { x } from './nowhere'\nx()", 'page.ts': '' },
}

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'scripts-'))
afterAll(() => fs.rmSync(folder, { recursive: true }))
let bundled: Record<keyof typeof CASES, Bundled>
beforeAll(() => {
  const roots = Object.entries(CASES).map(([name, files]) => {
    const root = path.join(folder, name)
    fs.mkdirSync(root)
    for (const [file, content] of Object.entries(files)) fs.writeFileSync(path.join(root, file), content)
    return root
  })
  const program = ['--import', 'tsx', path.join(__dirname, 'support/bundle.ts')]
  const { stdout, stderr } = spawnSync(process.execPath, program, { input: JSON.stringify(roots), encoding: 'utf8' })
  if (stdout === '') throw new Error(stderr)
  const [order, later, syntax, nowhere]: [Bundled, Bundled, Bundled, Bundled] = JSON.parse(stdout)
  bundled = { order, later, syntax, nowhere }
})

/** Runs a bundle; returns what its scripts did, in order. */
async function run({ code }: Bundled): Promise<unknown[]> {
  const did: unknown[] = []
  runInNewContext(code.replace(/export \{.*\}/, ''), {
    phoneTimers: { setTimeout: (what: string) => did.push(`timer ${what}`) },
    componentEnvironment: (name: string) => ({ Page: (what: string) => did.push(`${name}: ${what}`) }),
  })
  await new Promise((resolve) => setImmediate(resolve))
  return did
}

test('scripts run in order, each with its own globals', async () => {
  expect(await run(bundled.order)).toEqual(['timer word', 'timer hello', 'page: hello', 'timer page'])
  expect(bundled.order.files.sort()).toEqual(['app.ts', 'page.ts', 'word.ts'])
})

test('a script required later runs later; a missing one throws where it is required', async () => {
  expect(await run(bundled.later)).toEqual([
    'timer app',
    "timer module './missing' is not defined",
    'timer later',
    'timer came',
  ])
})

test('an error is reported with its position', () => {
  expect(bundled.syntax.mistake).toEqual({ file: 'page.ts', line: 2, column: 7, reason: 'Unexpected token' })
  expect(bundled.nowhere.mistake).toMatchObject({ file: 'app.ts', line: 2, column: 19 })
  expect(bundled.nowhere.mistake).toHaveProperty('reason', expect.stringMatching(/^Could not resolve '\.\/nowhere'/))
})
