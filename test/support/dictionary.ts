/** The dictionary by its files, so that a new section is tested as soon as it exists. */
import path from 'node:path'
import { texts, type SectionName } from '../../miniprogram/texts/index'
import { sourcesIn } from './sources'

/** Names of the files with texts. */
export const TEXT_FILES = sourcesIn(['texts'], '.ts')
  .map((file) => path.basename(file, '.ts'))
  .filter((name) => name !== 'define' && name !== 'index')

export const SECTIONS = TEXT_FILES.filter(isSection)

export function isSection(name: string): name is SectionName {
  try {
    return Reflect.apply(texts, undefined, [name, 'zh']) !== undefined
  } catch {
    return false
  }
}

/** A section's entries. */
export function entries(section: SectionName): Array<[key: string, zh: string, en: string]> {
  const en = new Map(Object.entries(texts(section, 'en')))
  return Object.entries(texts(section, 'zh')).map(([key, zh]) => [key, zh, en.get(key) ?? ''])
}
