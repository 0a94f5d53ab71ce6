/** The set-up runs before anything is installed, in plain Node: it is tested in separate processes. */
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const ROOT = join(__dirname, '../..')

/** The value of an expression over a script's exports, or its error message. */
function evaluate(script: string, expression: string, env: NodeJS.ProcessEnv = process.env): unknown {
  const url = JSON.stringify(new URL(`file://${join(ROOT, 'scripts', script)}`).href)
  const code = `import * as it from ${url}
    const give = (value) => process.stdout.write(JSON.stringify(value))
    try { give(await (${expression})) } catch (error) { give({ error: error.message }) }`
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], { env, encoding: 'utf8' })
  if (stdout === '') throw new Error(stderr)
  return JSON.parse(stdout)
}

describe('packages', () => {
  const lock = {
    '': {},
    'node_modules/a': { version: '1.0.0' },
    'node_modules/b': { version: '2.0.0', optional: true },
  }
  test.each([
    ['nothing', null, 'nothing is installed yet'],
    ['an optional one missing', { 'node_modules/a': { version: '1.0.0' } }, null],
    ['one missing', {}, 'a is missing'],
    ['an old one', { 'node_modules/a': { version: '0.9.0' } }, 'a is 0.9.0, not 1.0.0'],
  ])('%s installed', (_name, installed, reason) => {
    const call = `it.outdated(${JSON.stringify(lock)}, ${JSON.stringify(installed)})`
    expect(evaluate('setup/packages.mjs', call)).toBe(reason)
  })

  test.each([
    ['npm error code ENOTFOUND', /could not reach its registry/],
    ['npm error code ENOTCACHED', /could not reach its registry/],
    ['npm error code EACCES', /no permission to write in somewhere/],
    ['npm error code EUSAGE', /package-lock.json does not fit/],
    ['npm error code ENOSPC', /the disk is full/],
    ['npm error something else', /ended with an error[^]*something else/],
  ])('explains the npm failure %s', (output, sentence) => {
    expect(evaluate('setup/npm.mjs', `it.explain(${JSON.stringify(output)}, 'somewhere')`)).toMatch(sentence)
  })
})

describe('a browser', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'browser-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const program = (name: string): string => {
    const path = join(folder, name)
    writeFileSync(path, '')
    chmodSync(path, 0o755)
    return path
  }

  test('is taken from CHROMIUM, whose invalid value is reported', () => {
    const path = program('my-browser')
    expect(
      evaluate('setup/browser.mjs', 'it.findBrowser({ CHROMIUM: process.env.HERE })', { ...process.env, HERE: path }),
    ).toBe(path)
    expect(evaluate('setup/browser.mjs', "it.findBrowser({ CHROMIUM: '/no/such/thing' })")).toEqual({
      error: expect.stringContaining('CHROMIUM names /no/such/thing'),
    })
  })

  test('is found in PATH, but not if it is a folder', () => {
    const env = { ...process.env, HERE: folder }
    mkdirSync(join(folder, 'chromium'))
    expect(evaluate('setup/browser.mjs', 'it.findBrowser({ PATH: process.env.HERE })', env)).toBe(null)
    const path = program('google-chrome')
    expect(evaluate('setup/browser.mjs', 'it.findBrowser({ PATH: process.env.HERE })', env)).toBe(path)
  })
})

describe('a missing browser', () => {
  test.each([
    ['', null],
    [' Installing .*chromium.* failed \\(apt-get update\\)\\.', '/bin/false'],
  ])('gives a sentence on how to get one, or an error if required (%j)', (problem, aptGet) => {
    const ensure = (required: boolean): unknown =>
      evaluate(
        'setup/browser.mjs',
        `it.ensureBrowser(${JSON.stringify({ required, env: { PATH: '/nowhere' }, aptGet })})`,
      )
    const advice = expect.stringMatching(`^No Chromium was found\\.${problem} .* set CHROMIUM to the path of one\\.$`)
    expect(ensure(false)).toEqual({ NO_BROWSER: advice })
    expect(ensure(true)).toEqual({ error: advice })
  })
})

const file = (name: string, counts: object = {}) => ({
  name,
  ms: 0,
  passed: 0,
  failed: 0,
  skipped: 0,
  failure: null,
  ...counts,
})
const result = (...parts: object[]): string => `it.resultOf(${JSON.stringify(parts)})`

describe('the result of a test run', () => {
  const good = { part: 'others', code: 0, files: [file('a', { passed: 3, skipped: 1 })] }

  test.each([
    ['all passed', [good], { passed: 3, failed: 0, skipped: 1, good: true }],
    ['a part skipped', [good, { ...good, files: [file('b', { skipped: 2 })] }], { skipped: 3, good: true }],
    ['one failed', [good, { ...good, files: [file('b', { failed: 1 })], code: 1 }], { failed: 1, good: false }],
    ['nothing ran', [{ ...good, files: [] }], { passed: 0, failed: 0, good: false }],
    ['jest died', [good, { ...good, files: null, code: 1 }], { passed: 3, failed: 1, good: false }],
    ['jest failed otherwise', [{ ...good, code: 1 }], { passed: 3, failed: 0, good: false }],
  ])('%s', (_name, parts, expected) => {
    expect(evaluate('test/results.mjs', result(...parts))).toMatchObject(expected)
  })

  test('ends with the slowest files, the failures and the count', () => {
    const files = Array.from({ length: 12 }, (_, at) => file(`file-${at}`, { ms: at * 1000, passed: 1 }))
    files.push(file('broken', { failed: 1, failure: 'expected 1, got 2' }))
    const summary = evaluate('test/results.mjs', `it.summaryOf(${result({ part: 'x', code: 1, files })})`)
    const lines = String(summary).split('\n')
    expect(lines).toContain('    11.0 s  file-11')
    expect(lines).not.toContain('     1.0 s  file-1')
    expect(lines.slice(-8)).toEqual([
      '✗ broken',
      '',
      'expected 1, got 2',
      '',
      'Failed files:',
      '  broken',
      '',
      '12 passed, 1 failed',
    ])
  })
})

test("line endings are kept by Git for Windows, as Prettier's check requires", () => {
  const { stdout } = spawnSync('git', ['check-attr', 'eol', 'package.json'], { cwd: ROOT, encoding: 'utf8' })
  expect(stdout).toBe('package.json: eol: lf\n')
})
