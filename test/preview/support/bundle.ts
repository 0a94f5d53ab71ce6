/** A process that bundles the scripts of each folder on its standard input; rolldown does not load in jest. */
import fs from 'node:fs'
import path from 'node:path'
import { CompileError } from '../../../preview/plugin/compile-error'
import { bundleScripts } from '../../../preview/plugin/scripts'

async function bundled(root: string): Promise<unknown> {
  const scripts = ['app', 'page'].map((name) => ({ file: path.join(root, `${name}.ts`), path: name }))
  try {
    const { code, files } = await bundleScripts(root, scripts)
    return { code, files: files.map((file) => path.relative(root, file)) }
  } catch (error) {
    if (!(error instanceof CompileError)) throw error
    const { reason, file, line, column } = error
    return { mistake: { reason, file: path.relative(root, file), line, column } }
  }
}

async function main(): Promise<void> {
  const roots: string[] = JSON.parse(fs.readFileSync(0, 'utf8'))
  process.stdout.write(JSON.stringify(await Promise.all(roots.map(bundled))))
}

void main()
