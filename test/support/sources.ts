/** The mini-program's files, for tests that read them. */
import fs from 'node:fs'
import path from 'node:path'
import { readJson } from '../../scripts/check/files'
import { listedPages } from '../../scripts/check/pages'

const ROOT = path.resolve(__dirname, '../../miniprogram')

/** The text of a file of the mini-program. */
export function readSource(file: string): string {
  return fs.readFileSync(path.join(ROOT, file), 'utf8')
}

/** Files in the folders with such an extension, by path in the mini-program. */
export function sourcesIn(folders: readonly string[], extension: string): string[] {
  return folders.flatMap((folder) =>
    fs
      .readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith(extension))
      .map((file) => path.join(folder, file))
      .sort(),
  )
}

/** A script without comments. */
export function withoutComments(code: string): string {
  return code.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/^\s*\/\/.*$/gm, '')
}

/** The pages of app.json, subpackages included. */
export const PAGES = listedPages(readJson(path.join(ROOT, 'app.json')))
/** Folders of pages and components. */
export const SCREENS = ['pages', 'components']
/** All templates of pages and components. */
export const TEMPLATES = sourcesIn(SCREENS, '.wxml')
/** All scripts that may show text. */
export const SCRIPTS = ['app.ts', 'json.ts', ...sourcesIn([...SCREENS, 'services', 'call'], '.ts')]
