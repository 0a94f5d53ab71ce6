/** The documents are correct: links and commands exist, and the service's page matches the service. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { readConfig } from '../../server/config'
import { blocksOf } from '../support/guide'

const ROOT = path.resolve(__dirname, '../..')
const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8')
const DOCUMENTS = [
  'README.md',
  'README.zh-CN.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...readdirSync(path.join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
]

test.each(DOCUMENTS)('%s: every link leads to an existing file and heading', (document) => {
  const dead = linksOf(document).filter(({ file, anchor }) => {
    if (!existsSync(path.join(ROOT, file))) return true
    return anchor !== '' && !(file.endsWith('.md') && anchorsOf(read(file)).includes(anchor))
  })
  expect(dead).toEqual([])
})

test.each(DOCUMENTS)('%s: every file in a command exists', (document) => {
  const files = blocksOf(document, 'sh').flatMap((block) => filesIn(block))
  expect(files.filter((file) => !existsSync(path.join(ROOT, file)))).toEqual([])
})

test.each(DOCUMENTS)('%s: every npm command and its files exist', (document) => {
  const { scripts } = z.object({ scripts: z.record(z.string(), z.string()) }).parse(JSON.parse(read('package.json')))
  const text = read(document)
  const commands = [
    ...text.matchAll(/npm (?:run )?(start|test:\w+|test|check|bench|callbacks|yunxin|format|preview|upload)\b/g),
  ]
  expect(commands.map(([, name = '']) => name).filter((name) => !(name in scripts))).toEqual([])
  const files = [...text.matchAll(/`((?:miniprogram|server|preview|test|scripts|docs)\/[\w./-]*)`/g)]
  expect(files.map(([, file = '']) => file).filter((file) => !existsSync(path.join(ROOT, file)))).toEqual([])
})

test.each([
  ['README.md', 'README.zh-CN.md'],
  ['docs/guide.md', 'docs/guide.zh-CN.md'],
  ['docs/phone.md', 'docs/phone.zh-CN.md'],
])('%s and %s have the same commands, code, images and links', (english, chinese) => {
  const [one, other] = [parts(english), parts(chinese)]
  expect(one.length).toBeGreaterThan(3)
  expect(other).toEqual(one)
})

test('headings become the same anchors as on GitHub', () => {
  const page =
    "# A `b-c` d_e\n\n```sh\n# no heading\n```\n## NetEase's “cloud”, once!\n### 管理后台,一次性\n### A [link](x.md) — too\n## A b-c d_e"
  const anchors = ['a-b-c-d_e', 'neteases-cloud-once', '管理后台一次性', 'a-link--too', 'a-b-c-d_e-1']
  expect(anchorsOf(page)).toEqual(anchors)
})

test('files are recognized in commands', () => {
  const block =
    'A=1 npm run x -- path/to/it.js\ncp -R miniprogram/a docs/b/c.ts "$APP/d/e" ../f/g\ncurl http://h/i ./j/k'
  expect(filesIn(block)).toEqual(['miniprogram/a', 'docs/b/c.ts', './j/k'])
})

describe('docs/service.md', () => {
  const page = read('docs/service.md')

  test('lists every variable with its default', () => {
    const shown = new Map(
      [...page.matchAll(/^\| `([A-Z_]+)` \| ([^|]+) \|/gm)].map(([, name = '', value = '']) => [name, value.trim()]),
    )
    const variables = knownOptions().map((option) => option.toUpperCase().replaceAll('-', '_'))
    expect([...shown.keys()].sort()).toEqual([...new Set(variables)].sort())

    const config = readConfig({})
    const defaults: Record<string, string | number> = {
      HOST: config.host,
      PORT: config.port,
      RTMP_PORT: config.rtmpPort,
      APP_KEY: config.appKey,
      TOKEN_TTL: config.tokenTtl,
      MEDIA_URL_TTL: config.mediaUrlTtl,
      FILE_URL_TTL: config.fileUrlTtl,
      ROOM_LIMIT: config.roomLimit,
      MAX_PENDING: config.maxPending,
      MAX_PENDING_PER_ADDRESS: config.maxPendingPerAddress,
      PENDING_TIME: config.pendingTime,
      REQUESTS_PER_ADDRESS: config.requestsPerAddress,
      MAX_BITRATE: config.maxBitrate / 1000,
      DISK_FLOOR: `${config.diskFloor / 1e6}MB`,
      CALLBACK_EVENTS: config.callbackEvents.join(','),
      CALLBACK_RUNNING_INTERVAL: config.callbackRunningInterval,
      LOG_LEVEL: config.logLevel,
    }
    for (const [name, value] of Object.entries(defaults))
      expect([name, shown.get(name)]).toEqual([name, `\`${value}\``])
    expect(config.contacts).toBe(config.devTokens)
    const hops = [{}, { PUBLIC_URL: 'http://calls.example' }, { PUBLIC_URL: 'https://calls.example' }]
    expect(hops.map((environment) => readConfig(environment).trustedHops)).toEqual([0, 0, 1])
    expect(config.dataDir).toBe(path.resolve('data'))
    const { publicUrl, callbackUrl, appSecret, retentionTime, retentionSize, maxConnections, metricsToken } = config
    expect([publicUrl, callbackUrl, appSecret, retentionTime, retentionSize, maxConnections, metricsToken]).toEqual(
      Array(7).fill(null),
    )
  })

  test('lists every route', () => {
    const shown = [...page.matchAll(/^\| `(GET|POST|DELETE) ([^`]+)` \|/gm)].map(
      ([, method, route]) => `${method} ${route}`,
    )
    const sources = readdirSync(path.join(ROOT, 'server/http'))
      .filter((name) => name.endsWith('.ts'))
      .map((name) => read(`server/http/${name}`))
    const routes = sources.flatMap((source) =>
      [...source.matchAll(/\.(get|post|delete)\('(\/[^']+)'/g)].map(
        ([, method = '', route]) => `${method.toUpperCase()} ${route}`,
      ),
    )
    expect(shown.sort()).toEqual([...routes, 'POST /demo/callback'].sort())
  })
})

test("architecture.md's diagram has exactly the steps of its text", () => {
  const picture = read('docs/images/data-flow.svg')
  const shown = [...picture.matchAll(/<text class="number"[^>]*>(\d+)</g)].map(([, number]) => Number(number))
  const [, steps = ''] = /## A call, step by step\n(.*?)\n## /s.exec(read('docs/architecture.md')) ?? []
  const told = [...steps.matchAll(/^(\d+)\. /gm)].map(([, number]) => Number(number))
  expect(told.length).toBeGreaterThan(5)
  expect([...new Set(shown)].sort((one, other) => one - other)).toEqual(told)
})

interface Link {
  /** Relative to the repository's root. */
  file: string
  /** Empty for the whole file. */
  anchor: string
}
/** A document's links inside the repository. */
function linksOf(document: string): Link[] {
  return [...read(document).matchAll(/\]\(([^)#]*)(?:#([^)]*))?\)/g)].flatMap(([, target = '', anchor = '']) => {
    if (/^https?:/.test(target)) return []
    const file = target === '' ? document : path.join(path.dirname(document), target)
    return [{ file, anchor: decodeURIComponent(anchor) }]
  })
}

/** Anchors of a page's headings, as on GitHub. */
function anchorsOf(page: string): string[] {
  const seen = new Map<string, number>()
  return [...page.replace(/^```[\s\S]*?^```$/gm, '').matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) => {
    const words = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase()
    const anchor = words.replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '').replaceAll(' ', '-')
    const before = seen.get(anchor) ?? 0
    seen.set(anchor, before + 1)
    return before === 0 ? anchor : `${anchor}-${before}`
  })
}

/** Files of the repository in a block of commands; `path/to/…` stands for one of the reader's own, patterns for none. */
function filesIn(block: string): string[] {
  const commands = block.replace(/--testPathPatterns \S+/g, '')
  return commands.split(/[\s"'=]+/).filter((word) => /^[\w.][\w.-]*\//.test(word) && !/^(\.\.|path\/to)\//.test(word))
}

/** Parts that are equal in both languages: code blocks, images, and links. */
function parts(document: string): string[] {
  const text = read(document)
  const code = [...text.matchAll(/^```(?:sh|json|css|nginx)\n[\s\S]*?^```$/gm)].map(([block]) => block)
  const links = linksOf(document).map(({ file }) => file.replace('.zh-CN.md', '.md').replace(/\.(zh|en)\.png$/, '.png'))
  return [...code, ...links]
}

/** The service's options: an invalid one makes it list all. */
function knownOptions(): string[] {
  try {
    readConfig({}, ['--no-such-option'])
  } catch (error) {
    const named = [...String(error).matchAll(/--([a-z-]+)/g)].map(([, option = '']) => option)
    return named.filter((option) => option !== 'no-such-option')
  }
  return []
}
