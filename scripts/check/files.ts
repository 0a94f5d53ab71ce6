import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'

/** All files in a folder, as relative paths with `/`. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort()
}

/** The object in a JSON file; empty if the file is missing. */
export function readJson(path: string): Record<string, unknown> {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    return {}
  }
  const value: unknown = JSON.parse(text)
  return isRecord(value) ? value : {}
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

/** Keys of an object's field that is an object itself (`usingComponents`, `data` …). */
export function namesIn(value: unknown): string[] {
  return isRecord(value) ? Object.keys(value) : []
}
