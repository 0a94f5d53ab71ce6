/** What a preview phone shows of itself to tests. */
interface Window {
  __phone: {
    pages(): Array<{ route: string }>
    pushers: Set<unknown>
    players: Set<unknown>
  }
}
