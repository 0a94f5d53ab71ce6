const TONES = 8

/** Initials of an account: the last two characters of a Chinese name, otherwise the first letters of two words. */
export function initials(name: string): string {
  const words = name
    .trim()
    .split(/[\s._@-]+/)
    .filter((word) => word !== '')
  const [first = '', second = ''] = words
  const characters = Array.from(first)
  if (/[\u3400-\u9fff]/.test(first)) return characters.slice(-2).join('')
  return ((characters[0] ?? '') + (Array.from(second)[0] ?? '')).toUpperCase()
}

/** The account's constant colour: an index below 8 for `.tone-…` of the style sheet. */
export function tone(account: string): number {
  let sum = 0
  for (const character of account) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 65_521
  return sum % TONES
}
