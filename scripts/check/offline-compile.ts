import { runCi } from '../miniprogram-ci/run'
import type { Report } from './report'

/** Path in the package → content, as uploaded to WeChat. */
export type CompiledFiles = ReadonlyMap<string, Buffer>
/** The answer of `compile.mjs`. */
export type CompileAnswer = { files: Record<string, string>; failure?: never } | { failure: { message: string } }
type Compiled = Report & { files: CompiledFiles }

/** Compiles the project with miniprogram-ci like DevTools, which also checks every JSON file. No files if it fails. */
export async function compileOffline(project: string): Promise<Compiled> {
  return readAnswer(await runCi<CompileAnswer>('scripts/check/compile-offline.mjs', { project }))
}

export function readAnswer(answer: CompileAnswer): Compiled {
  if (answer.failure) return { files: new Map(), problems: [answer.failure.message] }
  const contents = Object.entries(answer.files)
  const files = new Map(contents.map(([name, content]) => [name, Buffer.from(content, 'base64')]))
  return { files, problems: [], note: `${files.size} files` }
}
