/** The URL of a file of the mini-program, as a template of `owner` (a component's path) or a script names it. */
export function assetUrl(path: string, owner: string): string {
  if (path === '' || /^(https?|data|blob|wxfile):/.test(path)) return path
  return `/miniprogram${new URL(path, `http://phone/${owner}`).pathname}`
}
