const TONES = 8

/** What stands in a picture-less avatar: a Chinese name's last two characters, else the first letters of two words. */
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

/** The colour an account keeps everywhere: a number below 8, one for each `.tone-…` of the style sheet. */
export function tone(account: string): number {
  let sum = 0
  for (const character of account) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 65_521
  return sum % TONES
}
