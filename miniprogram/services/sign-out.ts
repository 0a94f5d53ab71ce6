import type { AppContext } from '../app-context'
import { fill } from '../texts/index'

/** Signs out after the user has confirmed. */
export function askToSignOut({ session, language }: AppContext): void {
  if (session.state.phase !== 'signed-in') return
  const words = language.texts('common')
  wx.showModal({
    title: words.signOut,
    content: fill(words.signOutQuestion, { account: session.state.account }),
    // WeChat allows four Chinese characters, or eight letters, on these buttons.
    confirmText: words.ok,
    cancelText: words.cancel,
    success: ({ confirm }) => {
      if (confirm) session.signOut()
    },
  })
}
