/** The last way to answer or end a call whose page cannot be opened: a dialog. */
import type { CallController } from '../call/controller'
import type { BusyCall } from '../call/state'
import type { CallEntry } from './call-entry'
import { fill, type Texts } from '../texts/index'
import type { Language } from './language'

interface Parts {
  call: Pick<CallController, 'state' | 'reject' | 'hangUp'>
  entry: Pick<CallEntry, 'accept'>
  language: Pick<Language, 'texts'>
}

/** One dialog at a time: attempts to open the page go on behind it. */
let isOpen = false

/** Asks for the answer to a ringing call, or whether to end one or to try its page again, by `showPage`. */
export function askInDialog({ call, entry, language }: Parts, state: BusyCall, showPage: () => void): void {
  if (isOpen) return
  isOpen = true
  const words = language.texts('banner')
  const rings = state.phase === 'incoming' || state.phase === 'invited'
  wx.showModal({
    content: contentOf(state, words),
    confirmText: rings ? words.accept : words.toCall,
    cancelText: rings ? words.decline : words.hangUp,
    success: ({ confirm }) => {
      const { state: now } = call
      // The dialog stays open after the end of its call; another one may have no page either.
      if (!('startedAt' in now) || now.phase === 'ended') return
      if (now.startedAt !== state.startedAt) return showPage()
      if (rings) {
        if (now.phase !== state.phase) return
        if (confirm) void entry.accept()
        else call.reject()
      } else if (confirm) showPage()
      else call.hangUp()
    },
    complete: () => (isOpen = false),
  })
}

function contentOf(state: BusyCall, words: Texts<'banner'>): string {
  switch (state.phase) {
    case 'incoming':
      return fill(words.rings, { name: state.peer })
    case 'invited':
      return fill(words.roomRings, { name: state.inviter })
    case 'outgoing':
      return fill(words.calling, { name: state.peer })
    default:
      return state.type === 'room'
        ? fill(words.roomJoining, { title: state.title })
        : fill(words.talking, { name: state.peer })
  }
}
