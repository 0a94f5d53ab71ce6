/** Sends something whose loss does not matter. */
export function send(step: Promise<unknown>): void {
  step.catch((error: unknown) => console.warn('netcall:', error instanceof Error ? error.message : error))
}
