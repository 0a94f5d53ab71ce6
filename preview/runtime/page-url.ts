export interface PageUrl {
  /** Without a leading slash. */
  route: string
  /** Values as they were written: WeChat does not decode them. */
  query: Record<string, string>
}

/** A page's address as `wx.navigateTo` takes it, relative to the page that asks. */
export function parsePageUrl(url: string, base: string): PageUrl {
  const [path = '', search = ''] = url.split('?')
  const route = path === '' ? base : new URL(path, `http://phone/${base}`).pathname.slice(1)
  const query: Record<string, string> = {}
  for (const pair of search.split('&')) {
    if (pair === '') continue
    const [name = '', ...value] = pair.split('=')
    query[name] = value.join('=')
  }
  return { route, query }
}
