import { createLog, withoutQueries } from '../../../server/log'

const written = (write: (log: ReturnType<typeof createLog>) => void): string => {
  const lines: string[] = []
  write(createLog('trace', { write: (line: string) => void lines.push(line) }))
  for (const line of lines) JSON.parse(line)
  return lines.join('')
}

describe('the log', () => {
  it.each(['token', 'sign', 'secret', 'appSecret', 'authorization', 'encryptKey'])(
    'never writes a field %s',
    (name) => {
      const text = written((log) => {
        log.info({ [name]: 'hush-hush' }, 'flat')
        log.info({ headers: { [name]: 'hush-hush' } }, 'nested')
        log.info({ request: { headers: { [name]: 'hush-hush' } } }, 'deeper')
      })
      expect(text).toContain('[redacted]')
      expect(text).not.toContain('hush-hush')
    },
  )

  it('removes query strings from messages, fields and errors, and stays JSON', () => {
    const url = 'http://h/recordings/1/a.aac?account=a&sign=hush-hush'
    const text = written((log) => {
      log.warn(`asked for ${url}`)
      log.warn({ url, deep: { list: [url, `"${url}"`] } }, 'fields')
      log.error(new Error(`cannot fetch "${url}"`, { cause: new Error(url) }))
    })
    expect(text).toContain('http://h/recordings/1/a.aac?…')
    expect(text).not.toContain('hush-hush')
  })

  it('keeps other text', () => {
    expect(withoutQueries('what? nothing')).toBe('what? nothing')
  })
})
