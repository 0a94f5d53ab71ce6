import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from './tool'
import type { Report } from './report'

/** Path in the package → content, as WeChat would get it. */
export type CompiledFiles = ReadonlyMap<string, Buffer>

/** Lines that miniprogram-ci prints about itself and about the network that it does not need. */
const CHATTER = /^\[(miniprogram-builder|summer-compiler|error)\]|^serialize /

/** Compiles the project with miniprogram-ci as DevTools does, which also checks every JSON file. No files when it fails. */
export async function compileOffline(project: string): Promise<Report & { files: CompiledFiles }> {
  const folder = mkdtempSync(join(tmpdir(), 'compiled-'))
  const answer = join(folder, 'files.json')
  try {
    const script = join(process.cwd(), 'scripts/check/compile-offline.mjs')
    const { code, output } = await run(process.execPath, [script, project, answer], process.cwd())
    if (code !== 0) {
      const lines = output.split('\n').filter((line) => line.trim() !== '' && !CHATTER.test(line))
      return { files: new Map(), problems: [lines.join('\n') || `miniprogram-ci ended with code ${code}`] }
    }
    const contents: Record<string, string> = JSON.parse(readFileSync(answer, 'utf8'))
    const files = new Map(Object.entries(contents).map(([name, content]) => [name, Buffer.from(content, 'base64')]))
    return { files, problems: [], note: `${files.size} files` }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
