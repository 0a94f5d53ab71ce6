/** The contents of docs/guide.md, for tests that read and run it. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

const ROOT = path.resolve(__dirname, '../..')
export const GUIDES = ['docs/guide.md', 'docs/guide.zh-CN.md'] as const

/** The code blocks of a document in one language, in order. */
export function blocksOf(document: string, language: string): string[] {
  const text = readFileSync(path.join(ROOT, document), 'utf8')
  return [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].flatMap(([, kind, code = '']) =>
    kind === language ? [code] : [],
  )
}

export interface Examples {
  /** The projects made by the commands: each with `project.config.json` and `miniprogram/`. */
  clinic: string
  bare: string
  discard(): void
}

/** Runs the guide's copy commands beside a copy of this repository. */
export function copyPieces(guide: string): Examples {
  const folder = mkdtempSync(path.join(tmpdir(), 'pieces-'))
  const repository = path.join(folder, 'repository')
  mkdirSync(repository)
  for (const name of ['miniprogram', 'docs', 'typings']) symlinkSync(path.join(ROOT, name), path.join(repository, name))
  // Source of the examples' types.
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'))
  const commands = blocksOf(guide, 'sh').filter((block) => /^cp /m.test(block))
  execFileSync('sh', ['-eu', '-c', commands.join('')], { cwd: repository })
  return {
    clinic: path.join(folder, 'clinic'),
    bare: path.join(folder, 'bare'),
    discard: () => rmSync(folder, { recursive: true, force: true }),
  }
}
