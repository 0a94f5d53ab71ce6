/**
 * The count of a test run, from jest's JSON result (null when jest did not get to write one) and its exit code. A suite that
 * fails to load counts as one failure. A run without any passed test is not good.
 */
export function verdict(result, code) {
  if (result === null) return { passed: 0, failed: 1, good: false }
  const passed = result.numPassedTests
  const failed = result.numFailedTests + result.numRuntimeErrorTestSuites
  return { passed, failed, good: code === 0 && failed === 0 && passed > 0 }
}
