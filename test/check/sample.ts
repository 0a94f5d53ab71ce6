import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const ROOT = join(__dirname, '../..')

export interface Sample {
  /** The project's folder: `project.config.json` and `miniprogram/`. */
  project: string
  miniprogram: string
  write(file: string, content: string): void
  /** Changes a file of the mini-program. */
  edit(file: string, change: (content: string) => string): void
  remove(file: string): void
  /** Reverts all changes. */
  reset(): void
  discard(): void
}

/** A copy of the mini-program for faults. */
export function sample(): Sample {
  const project = mkdtempSync(join(tmpdir(), 'sample-'))
  const miniprogram = join(project, 'miniprogram')
  cpSync(join(ROOT, 'miniprogram'), miniprogram, { recursive: true })
  cpSync(join(ROOT, 'project.config.json'), join(project, 'project.config.json'))
  const before = new Map<string, Buffer | null>()
  /** The path of a file that will be changed. */
  const changing = (file: string): string => {
    const path = join(miniprogram, file)
    if (!before.has(path)) before.set(path, existsSync(path) ? readFileSync(path) : null)
    return path
  }
  return {
    project,
    miniprogram,
    write: (file, content) => {
      const path = changing(file)
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, content)
    },
    edit: (file, change) => {
      const path = changing(file)
      writeFileSync(path, change(readFileSync(path, 'utf8')))
    },
    remove: (file) => rmSync(changing(file)),
    reset: () => {
      for (const [path, content] of before) {
        if (content === null) rmSync(path, { force: true })
        else writeFileSync(path, content)
      }
      before.clear()
    },
    discard: () => rmSync(project, { recursive: true, force: true }),
  }
}
