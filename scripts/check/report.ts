/** Result of a check: it passes without problems. The note is shown in any case. */
export interface Report {
  problems: string[]
  note?: string
}
