export interface PageUrl {
  /** Without a leading slash. */
  route: string
  /** Raw values: WeChat does not decode them. */
  query: Record<string, string>
}

/** A page URL as in `wx.navigateTo`, relative to the calling page. */
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
