import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { accessSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { endProcess } from '../program'
import type { OpenStreams, RelayEngine } from './engine'
import { freePort } from '../../test/support/free-port'

const execute = promisify(execFile)
const PACKAGES = ['nginx', 'libnginx-mod-rtmp']
const PROGRAM = 'usr/sbin/nginx'
const MODULE = 'usr/lib/nginx/modules/ngx_rtmp_module.so'
/** Folders that would otherwise be created outside of its own. */
const TEMPORARY = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
const START_LIMIT = 5_000

/** nginx with its RTMP module, or why it is unavailable. */
type NginxFiles = { root: string; version: string; remove(): void } | { missing: string }

/**
 * The installed nginx if it has the RTMP module; otherwise, as root on Debian, the two packages are unpacked into a temporary folder, since
 * an installed nginx would start and take port 80.
 */
export async function findNginx(): Promise<NginxFiles> {
  if (hasNginx('/')) return { root: '/', version: await versionOf('/'), remove() {} }
  if (!isDebianRoot()) {
    return { missing: `no nginx with ${MODULE} is installed, and only root on Debian has it fetched` }
  }
  const folder = mkdtempSync(join(tmpdir(), 'nginx-'))
  const remove = (): void => rmSync(folder, { recursive: true, force: true })
  try {
    await download(folder)
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.deb'))) {
      await execute('dpkg-deb', ['--extract', join(folder, file), folder])
    }
    return { root: folder, version: await versionOf(folder), remove }
  } catch (error) {
    remove()
    return { missing: `${PACKAGES.join(' and ')} could not be fetched: ${String(error)}` }
  }
}

/** One nginx process with one RTMP application and nothing else. */
export async function startNginx(root: string): Promise<RelayEngine> {
  // The module's defaults.
  const { port, pid, close } = await run(
    root,
    (port) => `
    load_module ${join(root, MODULE)};
    rtmp {
      access_log off;
      server {
        listen 127.0.0.1:${port};
        application live { live on; }
      }
    }`,
  )
  let streams = 0
  const open = async (count: number, players: number): Promise<OpenStreams> => {
    const urls = Array.from({ length: count }, () => `rtmp://127.0.0.1:${port}/live/${++streams}`)
    return { streams: urls.map((push) => ({ push, plays: Array<string>(players).fill(push) })), close: async () => {} }
  }
  return {
    name: 'nginx-rtmp',
    pid,
    http: null,
    close,
    open: (count) => open(count, 1),
    openRooms: (rooms, members) => open(rooms * members, members - 1),
  }
}

/** One nginx in front of an HTTP server (`host:port`); it buffers responses unless they forbid it. */
export async function startProxy(root: string, server: string): Promise<{ http: string; close(): Promise<void> }> {
  const { port, close } = await run(
    root,
    (port) => `
    http {
      access_log off;
      ${TEMPORARY.map((name) => `${name}_temp_path ${name};`).join(' ')}
      server {
        listen 127.0.0.1:${port};
        location / {
          proxy_pass http://${server};
          proxy_buffering on;
        }
      }
    }`,
  )
  return { http: `127.0.0.1:${port}`, close }
}

/** Runs one process, to measure one process. */
async function run(
  root: string,
  configurationFor: (port: number) => string,
): Promise<{ port: number; pid: number; close(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'nginx-run-'))
  const port = await freePort()
  const config = join(folder, 'nginx.conf')
  writeFileSync(config, `${configurationFor(port)}\n${common(folder)}`)
  const child = spawn(join(root, PROGRAM), ['-p', folder, '-c', config, '-e', 'stderr'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const close = async (): Promise<void> => {
    await endProcess(child)
    rmSync(folder, { recursive: true, force: true })
  }
  await listening(child, port).catch(async (error: unknown) => {
    await close()
    throw error
  })
  return { port, pid: child.pid ?? 0, close }
}

const common = (folder: string): string => `
    ${process.getuid?.() === 0 ? 'user root;' : ''}
    daemon off;
    master_process off;
    pid ${join(folder, 'nginx.pid')};
    error_log stderr error;
    events { worker_connections 4096; }`

async function download(folder: string): Promise<void> {
  // apt's unprivileged user cannot write here and reports it: not an error.
  const get = () => execute('apt-get', ['download', '-o', 'APT::Sandbox::User=root', ...PACKAGES], { cwd: folder })
  try {
    await get()
  } catch {
    await execute('apt-get', ['update'])
    await get()
  }
}

async function versionOf(root: string): Promise<string> {
  const { stderr } = await execute(join(root, PROGRAM), ['-v'])
  return /nginx\/\S+/.exec(stderr)?.[0] ?? 'nginx'
}

function hasNginx(root: string): boolean {
  try {
    for (const file of [PROGRAM, MODULE]) accessSync(join(root, file))
    return true
  } catch {
    return false
  }
}

function isDebianRoot(): boolean {
  try {
    return process.getuid?.() === 0 && /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'))
  } catch {
    return false
  }
}

async function listening(child: ChildProcess, port: number): Promise<void> {
  const deadline = Date.now() + START_LIMIT
  while (!(await accepts(port))) {
    if (child.exitCode !== null) throw new Error(`nginx ended with ${child.exitCode}`)
    if (Date.now() > deadline) throw new Error('nginx does not listen')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
