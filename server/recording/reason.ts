/** What a caught value says; for what a person can mend on the machine, in a sentence's words. */
export function reasonOf(error: unknown): string {
  const message = messageOf(error)
  const shortage = SHORTAGES.get(codeOf(error))
  return shortage === undefined ? message : `${shortage} (${message})`
}

/** Whether the machine lacks something now that it may have later: trying again makes sense then. */
export function isShortage(error: unknown): boolean {
  return SHORTAGES.has(codeOf(error))
}

/** Whether a file or folder is simply not there. */
export function isMissing(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(codeOf(error))
}

const SHORTAGES: ReadonlyMap<string, string> = new Map([
  ['ENOSPC', 'the disk is full'],
  ['EDQUOT', 'the disk quota is used up'],
  ['EFBIG', 'the file is larger than this system allows'],
  ['EROFS', 'the disk is read-only'],
  ['EACCES', 'the service may not write there'],
  ['EMFILE', 'too many files are open'],
  ['ENFILE', 'too many files are open on this machine'],
])

export function messageOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error)
}

/** The system's word for it (`ENOSPC`); empty for an error that has none. */
export function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
}
