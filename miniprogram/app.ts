import { startCalls, type AppContext } from './app-context'
import { followSession } from './own-pages'

const parts = startCalls()

App<AppContext>({
  ...parts,

  /** `?account=…&service=…` in the launch query (compile mode, QR code) signs in; otherwise the last account does. */
  onLaunch({ query }) {
    const { session } = parts
    followSession(session)
    const remembered = session.remembered()
    const account = decoded(query['account']) ?? remembered.account
    const service = decoded(query['service']) ?? remembered.service
    const { provider, appKey, token } = remembered
    if (account) void session.signIn(account, service, provider === 'yunxin' ? { appKey, token } : null)
  },
})

/** A decoded query value: WeChat passes launch queries undecoded. Undefined if it cannot be decoded. */
function decoded(value: string | undefined): string | undefined {
  try {
    return value === undefined ? undefined : decodeURIComponent(value)
  } catch {
    return undefined
  }
}
