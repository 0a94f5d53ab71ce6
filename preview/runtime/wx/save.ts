/** A file of the phone becomes one of the computer: the browser downloads it. */
export function save(url: string, download: string): void {
  Object.assign(document.createElement('a'), { href: url, download }).click()
}
