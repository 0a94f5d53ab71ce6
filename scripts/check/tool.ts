import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Report } from './report'

const require = createRequire(join(process.cwd(), 'package.json'))

/** Runs a package's command (`oxlint`, `prettier` …) in a folder; the output of a failure is the problems. */
export async function runTool(name: string, command: string, args: string[], cwd: string): Promise<Report> {
  const { code, output } = await run(process.execPath, [binary(name, command), ...args], cwd)
  return code === 0 ? { problems: [] } : { problems: [output.trim() || `${command} ended with code ${code}`] }
}

/** Runs a program; returns its exit code and output. */
export function run(program: string, args: string[], cwd: string): Promise<{ code: number; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
    const printed: Buffer[] = []
    child.stdout.on('data', (data: Buffer) => printed.push(data))
    child.stderr.on('data', (data: Buffer) => printed.push(data))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code: code ?? 1, output: Buffer.concat(printed).toString() }))
  })
}

function binary(name: string, command: string): string {
  const manifest = require.resolve(`${name}/package.json`)
  const { bin }: { bin: string | Record<string, string> } = require(manifest)
  const path = typeof bin === 'string' ? bin : bin[command]
  if (path === undefined) throw new Error(`${name} has no command ${command}`)
  return join(dirname(manifest), path)
}
