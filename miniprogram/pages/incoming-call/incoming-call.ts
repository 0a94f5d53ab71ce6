/** A call that rings: who it is, and the two buttons. When it ends before it was answered, why. */
import type { AppContext } from '../../app-context'
import { wishIn } from '../../call/state'
import { fill } from '../../texts/index'

const app = getApp<AppContext>()
const fields: { leave: Array<() => void> } = { leave: [] }

Page({
  data: { t: {}, peer: '', kind: 'audio', words: '', ringing: false, recorded: false },
  ...fields,

  onLoad() {
    this.showTitle()
    this.leave = [
      app.language.follow(this, 'incoming'),
      app.language.subscribe(() => this.showTitle()),
      app.language.subscribe(() => this.refresh()),
      app.call.subscribe(() => this.refresh()),
    ]
    this.refresh()
  },
  onUnload() {
    for (const leave of this.leave) leave()
  },

  refresh() {
    const { state } = app.call
    if (state.phase === 'incoming') {
      const { peer, kind, peerRecords, local } = state
      const { audio, video } = wishIn(kind, local.recording)
      const recorded = peerRecords || audio || video
      this.setData({ peer, kind, recorded, ringing: true, words: app.language.texts('incoming')[kind] })
    } else if (state.phase === 'ended') {
      const { peer, kind, reason } = state
      const words = fill(app.language.texts('endings')[reason], { name: peer })
      this.setData({ peer, kind, words, recorded: false, ringing: false })
    } else if (this.data.ringing) {
      // Answered: the call page takes over.
      this.setData({ ringing: false })
    }
  },
  showTitle() {
    void wx.setNavigationBarTitle({ title: app.language.texts('incoming').title })
  },

  onAccept() {
    void app.entry.accept()
  },
  onDecline() {
    app.call.reject()
  },
})
