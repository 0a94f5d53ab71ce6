/** The URL of the mini-program's file, as named by a template of `owner` (a component's path) or a script. */
export function assetUrl(path: string, owner: string): string {
  if (path === '' || /^(https?|data|blob|wxfile):/.test(path)) return path
  return `/miniprogram${new URL(path, `http://phone/${owner}`).pathname}`
}
