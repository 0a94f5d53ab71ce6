import { runCi } from '../miniprogram-ci/run'
import type { Report } from './report'

/** Path in the package → content, as WeChat would get it. */
export type CompiledFiles = ReadonlyMap<string, Buffer>
type Answer = { files: Record<string, string>; failure?: never } | { failure: { message: string } }

/** Compiles the project with miniprogram-ci as DevTools does, which also checks every JSON file. No files when it fails. */
export async function compileOffline(project: string): Promise<Report & { files: CompiledFiles }> {
  const answer = await runCi<Answer>('scripts/check/compile-offline.mjs', { project })
  if (answer.failure) return { files: new Map(), problems: [answer.failure.message] }
  const contents = Object.entries(answer.files)
  const files = new Map(contents.map(([name, content]) => [name, Buffer.from(content, 'base64')]))
  return { files, problems: [], note: `${files.size} files` }
}
