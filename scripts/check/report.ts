/** What a check found: no problems is good. The note is a fact worth a line either way. */
export interface Report {
  problems: string[]
  note?: string
}
