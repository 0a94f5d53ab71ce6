import { Tokens } from '../../../server/tokens'
import { advance, controlClock } from '../../support/clock'

const tokens = new Tokens('a secret', 60)

describe('account tokens', () => {
  beforeEach(() => controlClock())

  it('identify their account', () => {
    const { token, expires } = tokens.issue('alice')
    expect(tokens.accountOf(token)).toBe('alice')
    expect(tokens.verify('alice', token)).toBe(true)
    expect(tokens.verify('bob', token)).toBe(false)
    expect(expires - Date.now()).toBe(60_000)
  })

  it('are valid until they expire', async () => {
    const { token } = tokens.issue('alice')
    await advance(59_999)
    expect(tokens.accountOf(token)).toBe('alice')
    await advance(1)
    expect(tokens.accountOf(token)).toBeNull()
  })

  it('cannot be forged, extended or moved to another account', () => {
    const { token } = tokens.issue('alice')
    const [account = '', expires = '', signature = ''] = token.split('.')
    const later = (parseInt(expires, 36) + 1000).toString(36)
    const forged = [
      '',
      'alice',
      'alice..',
      `bob.${expires}.${signature}`,
      `${account}.${later}.${signature}`,
      `${account}.${expires}.${signature.slice(0, -1)}`,
      `${token}.more`,
      new Tokens('another secret', 60).issue('alice').token,
    ]
    for (const text of forged) expect(tokens.accountOf(text)).toBeNull()
  })

  it.each(['', 'a b', 'alice.b', '../etc', 'x'.repeat(33), '小明'])(
    'are not made for "%s", which is no account',
    (name) => {
      expect(() => tokens.issue(name)).toThrow('1 to 32 characters')
    },
  )
})
