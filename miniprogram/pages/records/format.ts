/** Formats numbers for display. By hand, because WeChat's phones differ in `Intl`. */
import { fill, type Texts } from '../../texts/index'

/** Bytes as `340 KB`, `1.2 MB`. */
export function fileSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  if (bytes < 999_500) return `${Math.round(bytes / 1000)} KB`
  if (bytes < 999_950_000) return `${(bytes / 1e6).toFixed(1)} MB`
  return `${(bytes / 1e9).toFixed(1)} GB`
}

/** The time of day, `14:05`. */
export function timeOfDay(at: number): string {
  const date = new Date(at)
  return `${two(date.getHours())}:${two(date.getMinutes())}`
}

/** The day: today, yesterday, or a date (with the year if it is another one). */
export function day(at: number, now: number, words: Texts<'records'>): string {
  const date = new Date(at)
  const today = new Date(now)
  if (sameDay(date, today)) return words.today
  if (sameDay(date, new Date(today.getFullYear(), today.getMonth(), today.getDate() - 1))) return words.yesterday
  return fill(date.getFullYear() === today.getFullYear() ? words.date : words.dateWithYear, {
    year: date.getFullYear(),
    month: words.months.split(' ')[date.getMonth()] ?? '',
    day: date.getDate(),
    weekday: words.weekdays.split(' ')[date.getDay()] ?? '',
  })
}

function sameDay(a: Date, b: Date): boolean {
  return a.getFullYear() === b.getFullYear() && a.getMonth() === b.getMonth() && a.getDate() === b.getDate()
}
function two(value: number): string {
  return String(value).padStart(2, '0')
}
