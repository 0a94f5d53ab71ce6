/** Saves a phone's file on the computer, as a download. */
export function save(url: string, download: string): void {
  Object.assign(document.createElement('a'), { href: url, download }).click()
}
