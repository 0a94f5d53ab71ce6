/** The message of a caught value; for faults of the machine that an operator can fix, a readable one. */
export function reasonOf(error: unknown): string {
  const message = messageOf(error)
  const shortage = SHORTAGES.get(codeOf(error))
  return shortage === undefined ? message : `${shortage} (${message})`
}

/** Whether the machine lacks a resource that it may have later, so that another attempt makes sense. */
export function isShortage(error: unknown): boolean {
  return SHORTAGES.has(codeOf(error))
}

/** Whether a file or folder does not exist. */
export function isMissing(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(codeOf(error))
}

const SHORTAGES: ReadonlyMap<string, string> = new Map([
  ['ENOSPC', 'the disk is full'],
  ['EDQUOT', 'the disk quota is used up'],
  ['EFBIG', 'the file is larger than this system allows'],
  ['EROFS', 'the disk is read-only'],
  ['EACCES', 'the service has no permission to write'],
  ['EMFILE', 'too many files are open'],
  ['ENFILE', 'too many files are open on this machine'],
])

export function messageOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error)
}

/** The error's code (`ENOSPC`); empty if it has none. */
export function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
}
