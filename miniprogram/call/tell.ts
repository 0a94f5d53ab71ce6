/** A word to the service or the other side whose loss changes nothing here. */
export function tell(step: Promise<unknown>): void {
  step.catch((error: unknown) => console.warn('netcall:', error instanceof Error ? error.message : error))
}
