/** The mini-program's own files, as tests that read them need them. */
import fs from 'node:fs'
import path from 'node:path'
import { readJson } from '../../scripts/check/files'
import { listedPages } from '../../scripts/check/pages'

const ROOT = path.resolve(__dirname, '../../miniprogram')

/** The text of a file of the mini-program. */
export function readSource(file: string): string {
  return fs.readFileSync(path.join(ROOT, file), 'utf8')
}

/** Files below the folders that end so, by their paths in the mini-program. */
export function sourcesIn(folders: readonly string[], extension: string): string[] {
  return folders.flatMap((folder) =>
    fs
      .readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith(extension))
      .map((file) => path.join(folder, file))
      .sort(),
  )
}

/** A script without its comments. */
export function withoutComments(code: string): string {
  return code.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/^\s*\/\/.*$/gm, '')
}

/** The pages of app.json, those of subpackages included. */
export const PAGES = listedPages(readJson(path.join(ROOT, 'app.json')))
/** Folders of what is seen. */
export const SCREENS = ['pages', 'components']
/** All templates of pages and components. */
export const TEMPLATES = sourcesIn(SCREENS, '.wxml')
/** All scripts that may show something to a user. */
export const SCRIPTS = ['app.ts', 'json.ts', ...sourcesIn([...SCREENS, 'services', 'call', 'room'], '.ts')]
