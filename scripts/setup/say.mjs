/** How the scripts talk: progress on standard error, so that what a command prints stays clean. */
export function say(text) {
  process.stderr.write(`${text}\n`)
}

/** Something that the user can mend. */
export class SetupError extends Error {}

/** Runs a step and prints a SetupError in plain words; anything else is a fault of ours and keeps its stack. */
export async function orExplain(work) {
  try {
    return await work()
  } catch (error) {
    say(error instanceof SetupError ? `\n✗ ${error.message}\n` : error instanceof Error ? error.stack : String(error))
    process.exit(1)
  }
}
