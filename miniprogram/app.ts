import { startCalls, type AppContext } from './app-context'
import { followSession } from './own-pages'

const parts = startCalls()

App<AppContext>({
  ...parts,

  /** `?account=…&service=…` of the launch (a compile mode, a QR code) signs in at once; else what was used last. */
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

/** A launch's value as it was meant; WeChat hands it over as it was encoded. Undefined where it cannot be read. */
function decoded(value: string | undefined): string | undefined {
  try {
    return value === undefined ? undefined : decodeURIComponent(value)
  } catch {
    return undefined
  }
}
