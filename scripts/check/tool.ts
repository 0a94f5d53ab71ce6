import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { isRecord, readJson } from './files'
import type { Report } from './report'

/** Runs a package's command (`oxlint`, `prettier` …) in a folder; the output of a failure is the problems. */
export async function runTool(name: string, command: string, args: string[], cwd: string): Promise<Report> {
  const { code, output } = await run(process.execPath, [binary(name, command), ...args], cwd)
  return code === 0 ? { problems: [] } : { problems: [output.trim() || `${command} ended with code ${code}`] }
}

/** Runs a program; returns its exit code and output. */
function run(program: string, args: string[], cwd: string): Promise<{ code: number; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
    const printed: Buffer[] = []
    child.stdout.on('data', (data: Buffer) => printed.push(data))
    child.stderr.on('data', (data: Buffer) => printed.push(data))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code: code ?? 1, output: Buffer.concat(printed).toString() }))
  })
}

/** Not by `require.resolve`: packages may not export their package.json. */
function binary(name: string, command: string): string {
  const folder = join(process.cwd(), 'node_modules', name)
  const { bin } = readJson(join(folder, 'package.json'))
  const path = typeof bin === 'string' ? bin : isRecord(bin) ? bin[command] : undefined
  if (typeof path !== 'string') throw new Error(`${name} has no command ${command}`)
  return join(folder, path)
}
