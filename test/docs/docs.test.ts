/** The documents say what is there: links lead somewhere, commands exist, the service's page is the service's. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { readConfig } from '../../server/config'

const ROOT = path.resolve(__dirname, '../..')
const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8')
const DOCUMENTS = [
  'README.md',
  'README.zh-CN.md',
  ...readdirSync(path.join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
]

test.each(DOCUMENTS)('%s: every link leads to a file', (document) => {
  const links = [...read(document).matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map(([, target = '']) => target)
  const dead = links.filter(
    (target) => !/^https?:/.test(target) && !existsSync(path.join(ROOT, path.dirname(document), target)),
  )
  expect(dead).toEqual([])
})

test.each(DOCUMENTS)('%s: every npm command exists, and so does every file it names', (document) => {
  const { scripts } = z.object({ scripts: z.record(z.string(), z.string()) }).parse(JSON.parse(read('package.json')))
  const text = read(document)
  const commands = [...text.matchAll(/npm (?:run )?(start|test|check|bench|callbacks|yunxin|format|preview|upload)\b/g)]
  expect(commands.map(([, name = '']) => name).filter((name) => !(name in scripts))).toEqual([])
  const files = [...text.matchAll(/`((?:miniprogram|server|preview|test|scripts|docs)\/[\w./-]*)`/g)]
  expect(files.map(([, file = '']) => file).filter((file) => !existsSync(path.join(ROOT, file)))).toEqual([])
})

test('both READMEs have the same commands, pictures and documents', () => {
  const english = parts(read('README.md'))
  expect(english.length).toBeGreaterThan(3)
  expect(parts(read('README.zh-CN.md'))).toEqual(english)
})

describe('docs/service.md', () => {
  const page = read('docs/service.md')

  test('has every variable, with its default', () => {
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
      CALLBACK_EVENTS: config.callbackEvents.join(','),
      LOG_LEVEL: config.logLevel,
    }
    for (const [name, value] of Object.entries(defaults))
      expect([name, shown.get(name)]).toEqual([name, `\`${value}\``])
    expect(config.dataDir).toBe(path.resolve('data'))
    const { publicUrl, callbackUrl, appSecret, retentionTime, retentionSize } = config
    expect([publicUrl, callbackUrl, appSecret, retentionTime, retentionSize]).toEqual([null, null, null, null, null])
  })

  test('has every route', () => {
    const shown = [...page.matchAll(/^\| `(GET|POST|DELETE) ([^`]+)` \|/gm)].map(
      ([, method, route]) => `${method} ${route}`,
    )
    const sources = readdirSync(path.join(ROOT, 'server/http')).map((name) => read(`server/http/${name}`))
    const routes = sources.flatMap((source) =>
      [...source.matchAll(/\.(get|post|delete)\('(\/[^']+)'/g)].map(
        ([, method = '', route]) => `${method.toUpperCase()} ${route}`,
      ),
    )
    expect(shown.sort()).toEqual([...routes, 'POST /demo/callback'].sort())
  })
})

/** What must stand alike in both READMEs: command blocks and documents linked. */
function parts(text: string): string[] {
  return [
    ...[...text.matchAll(/```sh\n([^`]*)```/g)].map(([, command = '']) => command),
    ...[...text.matchAll(/\]\((docs\/[\w.-]+)\)/g)].map(([, target = '']) => target),
  ]
}

/** The service's options: a bad one makes it name all that it knows. */
function knownOptions(): string[] {
  try {
    readConfig({}, ['--no-such-option'])
  } catch (error) {
    const named = [...String(error).matchAll(/--([a-z-]+)/g)].map(([, option = '']) => option)
    return named.filter((option) => option !== 'no-such-option')
  }
  return []
}
