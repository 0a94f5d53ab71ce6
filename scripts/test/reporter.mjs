import { writeFileSync } from 'node:fs'
import { relative } from 'node:path'

/**
 * A jest reporter: a line for each finished file, and the part's result as JSON, for results.mjs. TEST_PART is the part's name, TEST_RESULT
 * the path of the JSON.
 */
export default class Progress {
  constructor({ rootDir }) {
    this.nameOf = (path) => relative(rootDir, path).replaceAll('\\', '/')
    this.part = process.env.TEST_PART
    this.files = []
    this.total = 0
  }

  onRunStart({ numTotalTestSuites }) {
    this.total = numTotalTestSuites
    print(`▸ ${this.part}: ${this.total} files`)
  }

  onTestResult({ path }, result) {
    const file = {
      name: this.nameOf(path),
      ms: result.perfStats.end - result.perfStats.start,
      passed: result.numPassingTests,
      // A file that fails to load counts as one failure.
      failed: result.numFailingTests + (result.testExecError ? 1 : 0),
      skipped: result.numPendingTests + result.numTodoTests,
      failure: result.failureMessage ?? null,
    }
    this.files.push(file)
    print(lineOf(file, `${this.part} ${this.files.length}/${this.total}`))
    for (const { status, fullName } of result.testResults) if (status === 'failed') print(`    ✗ ${fullName}`)
  }

  onRunComplete() {
    writeFileSync(process.env.TEST_RESULT, JSON.stringify(this.files))
  }
}

function lineOf({ name, ms, passed, failed, skipped }, place) {
  const mark = failed > 0 ? '✗' : passed === 0 ? '–' : '✓'
  const counts = Object.entries({ failed, passed, skipped }).flatMap(([what, count]) =>
    count > 0 ? [`${count} ${what}`] : [],
  )
  return `${mark} ${place}  ${name}  ${counts.join(', ')}  ${(ms / 1000).toFixed(1)} s`
}

function print(line) {
  process.stdout.write(`${line}\n`)
}
