import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const ROOT = join(__dirname, '../..')

export interface Sample {
  /** The project's folder: `project.config.json` and `miniprogram/`. */
  project: string
  miniprogram: string
  write(file: string, content: string): void
  /** Rewrites a file of the mini-program. */
  edit(file: string, change: (content: string) => string): void
  remove(file: string): void
  discard(): void
}

/** A copy of the mini-program, to put a fault into. */
export function sample(): Sample {
  const project = mkdtempSync(join(tmpdir(), 'sample-'))
  const miniprogram = join(project, 'miniprogram')
  cpSync(join(ROOT, 'miniprogram'), miniprogram, { recursive: true })
  cpSync(join(ROOT, 'project.config.json'), join(project, 'project.config.json'))
  const path = (file: string): string => join(miniprogram, file)
  return {
    project,
    miniprogram,
    write: (file, content) => {
      mkdirSync(dirname(path(file)), { recursive: true })
      writeFileSync(path(file), content)
    },
    edit: (file, change) => writeFileSync(path(file), change(readFileSync(path(file), 'utf8'))),
    remove: (file) => rmSync(path(file)),
    discard: () => rmSync(project, { recursive: true, force: true }),
  }
}
