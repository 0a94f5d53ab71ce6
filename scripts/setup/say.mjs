/** Output of the scripts: progress goes to standard error, to keep a command's output clean. */
export function say(text) {
  process.stderr.write(`${text}\n`)
}

/** An error that the user can fix. */
export class SetupError extends Error {}

/** Runs a step and prints a SetupError as a sentence; other errors are bugs and keep their stack. */
export async function orExplain(work) {
  try {
    return await work()
  } catch (error) {
    say(error instanceof SetupError ? `\n✗ ${error.message}\n` : error instanceof Error ? error.stack : String(error))
    process.exit(1)
  }
}
