/**
 * @jest-environment node
 */
/** The preview serves what its pages load. Anything else in the repository is not given out. */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import path from 'node:path'
import { startPreview, type RunningPreview } from '../e2e/support/preview'

const ROOT = path.resolve(__dirname, '../..')
/** Served, or too large to ask for each file (of `.git` only `config` is asked for). */
const SERVED = ['preview', 'miniprogram', 'node_modules', '.git']
const SECRET = 'a secret that no answer may hold'
/** Ways of asking for a file that Vite knows, or once fell for. */
const WAYS = [
  '',
  '?raw',
  '?url',
  '?import',
  '?import&raw',
  '?raw??',
  '?inline&import',
  '?.svg?.wasm?init',
  '?.module.css',
]

// A preview is started, which then gets thousands of requests; both take as long as the machine needs.
jest.setTimeout(60_000)

let preview: RunningPreview

beforeAll(async () => {
  preview = await startPreview()
  const folder = path.join(preview.dataDir, 'recordings', '1')
  mkdirSync(folder, { recursive: true })
  writeFileSync(path.join(folder, '0-1-1-1.mp4'), SECRET)
})
afterAll(() => preview.close())

/** Asks for exactly this path, which `fetch` would tidy up. */
function get(target: string, host?: string): Promise<{ status: number; body: Buffer }> {
  return new Promise((resolve, reject) => {
    const { port } = new URL(preview.url)
    const headers = host === undefined ? {} : { Host: host }
    request({ host: '127.0.0.1', port, path: target, headers }, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(parts) }))
    })
      .on('error', reject)
      .end()
  })
}
const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => path.join(parentPath, name))

test('rejects each file of the data folder, and of the repository outside the pages, the mini-program and packages', async () => {
  const data = filesIn(preview.dataDir).filter((file) => !file.startsWith(path.join(preview.dataDir, 'vite')))
  expect(data.some((file) => file.includes('calls.db'))).toBe(true)
  const outside = readdirSync(ROOT)
    .filter((name) => !SERVED.includes(name))
    .map((name) => path.join(ROOT, name))
    .flatMap((file) => (statSync(file).isDirectory() ? filesIn(file) : [file]))
    .concat(path.join(ROOT, '.git', 'config'))
  const given: string[] = []
  for (const file of [...data, ...outside]) {
    const { status } = await get(`/@fs${file}`)
    if (status === 200) given.push(file)
  }
  expect(given).toEqual([])
})

test('no variant of path, query or host serves a file of data or settings', async () => {
  const database = path.join(preview.dataDir, 'calls.db')
  const { port } = new URL(preview.url)
  for (const file of [
    database,
    path.join(preview.dataDir, 'recordings', '1', '0-1-1-1.mp4'),
    path.join(ROOT, 'project.config.json'),
  ]) {
    const bytes = readFileSync(file).subarray(0, 16)
    const relative = path.relative(path.join(ROOT, 'preview'), file)
    for (const way of WAYS) {
      const targets = [
        `/@fs${file}${way}`,
        `/@fs/${file}${way}`,
        `/@fs${path.join(ROOT, 'preview')}/../${path.relative(ROOT, file)}${way}`,
        `/@fs${path.join(ROOT, 'preview')}/%2e%2e/${path.relative(ROOT, file)}${way}`,
        `/${relative}${way}`,
        `/miniprogram/../../${path.relative(ROOT, file)}${way}`,
        `/miniprogram/%2e%2e/${path.relative(ROOT, file)}${way}`,
        `/@id/${file}${way}`,
      ]
      for (const target of targets) {
        for (const host of [undefined, `192.168.1.7:${port}`]) {
          const { body } = await get(target, host)
          expect([target, body.includes(SECRET) || body.includes(bytes)]).toEqual([target, false])
        }
      }
    }
  }
})

test('the pages load', async () => {
  for (const page of [
    '/',
    '/phone.html',
    '/shell/main.ts',
    '/runtime/boot.ts',
    '/miniprogram/assets/tabs/records-light.png',
  ]) {
    expect([page, (await get(page)).status]).toEqual([page, 200])
  }
})
