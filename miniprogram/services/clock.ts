/** Formats a duration in ms: `04:09`, from an hour on `1:04:09`. */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const rest = `${twoDigits(Math.floor(seconds / 60) % 60)}:${twoDigits(seconds % 60)}`
  return seconds < 3600 ? rest : `${Math.floor(seconds / 3600)}:${rest}`
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0')
}
