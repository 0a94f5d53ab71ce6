import { ConfigError, readConfig, type Config } from '../../../server/config'

const problem = (environment: Record<string, string>, args: string[] = []): string => {
  try {
    readConfig(environment, args)
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
  return 'accepted'
}

const kept = ({ retentionTime, retentionSize }: Config) => [retentionTime, retentionSize]

describe('the configuration', () => {
  it('has a default for everything, with development tokens on loopback', () => {
    expect(readConfig({})).toMatchObject({
      host: '127.0.0.1',
      port: 8360,
      rtmpPort: 1935,
      callbackUrl: null,
      appSecret: null,
      devTokens: true,
      logLevel: 'info',
    })
    expect(readConfig({}).dataDir).toMatch(/data$/)
  })

  it('lets push and play URLs outlive a long call, because players reconnect with them', () => {
    expect(readConfig({}).mediaUrlTtl).toBeGreaterThanOrEqual(12 * 3600)
  })

  it.each([
    ['127.0.0.1', true],
    ['localhost', true],
    ['::1', true],
    ['0.0.0.0', false],
    ['192.168.1.7', false],
  ])('on %s gives tokens to anybody: %s', (HOST, devTokens) => {
    expect(readConfig({ HOST }).devTokens).toBe(devTokens)
  })

  it('gives no tokens by default with a public URL, whatever the host', () => {
    expect(readConfig({ PUBLIC_URL: 'https://call.example.com' }).devTokens).toBe(false)
  })

  it('prefers DEV_TOKENS to the host', () => {
    expect(readConfig({ HOST: '0.0.0.0', DEV_TOKENS: 'on' }).devTokens).toBe(true)
    expect(readConfig({ DEV_TOKENS: '0' }).devTokens).toBe(false)
  })

  it('treats an empty variable as missing', () => {
    expect(readConfig({ PORT: '', CALLBACK_URL: '' })).toMatchObject({ port: 8360, callbackUrl: null })
  })

  it('prefers options to the environment', () => {
    expect(readConfig({ PORT: '1' }, ['--port', '2', '--rtmp-port=3', '--dev-tokens=off'])).toMatchObject({
      port: 2,
      rtmpPort: 3,
      devTokens: false,
    })
  })

  it('reads the retention limits', () => {
    expect(kept(readConfig({}))).toEqual([null, null])
    expect(kept(readConfig({ RETENTION_DAYS: '90', RETENTION_SIZE: '200GB' }))).toEqual([90 * 86_400, 200e9])
    expect(kept(readConfig({}, ['--retention-size', '500 mb']))).toEqual([null, 500e6])
    expect(problem({ RETENTION_DAYS: '0' })).toContain('RETENTION_DAYS: "0" is not a number of whole days above 0')
    for (const size of ['20', '1.5GB', '-1GB', '0GB', 'much']) {
      expect(problem({ RETENTION_SIZE: size })).toContain(`RETENTION_SIZE: "${size}" is not a size in MB, GB or TB`)
    }
  })

  it('reads the wanted events', () => {
    expect(readConfig({}).callbackEvents).toEqual(['5', '6', '20'])
    expect(readConfig({ CALLBACK_EVENTS: '6' }).callbackEvents).toEqual(['6'])
    expect(readConfig({ CALLBACK_EVENTS: '5,not-connected' }).callbackEvents).toEqual(['5', 'not-connected'])
    expect(readConfig({}).callbackRunningInterval).toBe(12 * 3600)
    expect(problem({ CALLBACK_EVENTS: '5;6' })).toContain('is not a list of event types')
    expect(problem({ CALLBACK_EVENTS: '5,7' })).toContain('CALLBACK_EVENTS: "5,7" has other types than 5, 6, 20')
  })

  it('removes the trailing slash of PUBLIC_URL', () => {
    expect(readConfig({ PUBLIC_URL: 'https://call.example.com/' }).publicUrl).toBe('https://call.example.com')
  })

  it.each([
    ['HOST', 'a b'],
    ['PORT', 'http'],
    ['PORT', '-1'],
    ['PORT', '70000'],
    ['PORT', '80.5'],
    ['RTMP_PORT', '1e3'],
    ['PUBLIC_URL', 'call.example.com'],
    ['CALLBACK_URL', 'ftp://example.com/'],
    ['CALLBACK_URL', 'nowhere'],
    ['APP_KEY', 'a key'],
    ['DEV_TOKENS', 'maybe'],
    ['CONTACTS', 'friends'],
    ['TOKEN_TTL', '0'],
    ['MEDIA_URL_TTL', '-5'],
    ['FILE_URL_TTL', '99999999999'],
    ['ROOM_LIMIT', '0'],
    ['ROOM_LIMIT', '101'],
    ['MAX_CONNECTIONS', '0'],
    ['MAX_PENDING', 'many'],
    ['MAX_PENDING_PER_ADDRESS', '2000000'],
    ['PENDING_TIME', '0'],
    ['REQUESTS_PER_ADDRESS', '-1'],
    ['TRUSTED_HOPS', '10'],
    ['MAX_BITRATE', '5'],
    ['DISK_FLOOR', '10%'],
    ['LOG_LEVEL', 'loud'],
  ])('rejects %s=%s with a valid example', (name, value) => {
    const message = problem({ [name]: value })
    expect(message).toContain(`${name}: ${JSON.stringify(value)} is `)
    const example = /A good value: (\w+)=(.+)$/.exec(message)
    expect(example?.[1]).toBe(name)
    expect(problem({ [name]: example?.[2] ?? '' })).toBe('accepted')
  })

  it('does not repeat an invalid secret', () => {
    expect(problem({ APP_SECRET: 'hunter2' })).toMatch(/^APP_SECRET: the value is shorter than 8/)
    expect(problem({ APP_SECRET: 'hunter2' })).not.toContain('hunter2')
    const url = problem({ CALLBACK_URL: 'https://me:hunter2@example.com/' })
    expect(url).toMatch(/^CALLBACK_URL: the value has a user name in it/)
    expect(url).not.toContain('hunter2')
  })

  it('names an unknown option and lists the known ones', () => {
    expect(problem({}, ['--prot', '1'])).toMatch(/--prot[\s\S]*--rtmp-port/)
  })
})
