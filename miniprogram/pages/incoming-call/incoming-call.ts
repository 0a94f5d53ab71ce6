/** An incoming call or invitation into a room: the caller and two buttons. If it ends unanswered, the reason. */
import type { AppContext } from '../../app-context'
import { wishIn, type OneToOneState, type RoomState } from '../../call/state'
import { isGroupCall } from '../../call/room/name'
import { fill } from '../../texts/index'

const app = getApp<AppContext>()
const fields: { leave: Array<() => void> } = { leave: [] }

Page({
  data: {
    t: {},
    peer: '',
    kind: 'audio',
    words: '',
    /** A room's title if it is not just its members, and the other members. */
    title: '',
    others: '',
    ringing: false,
    recorded: false,
  },
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
    if (state.type === 'room') this.showRoom(state)
    else if (state.type === 'one-to-one') this.showCall(state)
  },
  showRoom(state: RoomState) {
    if (state.phase === 'invited') {
      const { room, title, inviter: peer, others, kind, local, startedAt } = state
      const { audio, video } = wishIn(kind, local.recording)
      const words = app.language.texts('incoming')
      this.setData({
        peer,
        kind,
        words: words[`room-${kind}`],
        title: isGroupCall(room, peer, startedAt) ? '' : title,
        others: others.length > 0 ? fill(words.others, { names: others.join(', ') }) : '',
        recorded: audio || video,
        ringing: true,
      })
    } else if (state.phase === 'ended') {
      const words = fill(app.language.texts('room-endings')[state.reason], { name: state.inviter ?? '' })
      this.setData({ words, title: '', others: '', recorded: false, ringing: false })
    } else if (this.data.ringing) {
      this.setData({ ringing: false })
    }
  },
  showCall(state: OneToOneState) {
    if (state.phase === 'incoming') {
      const { peer, kind, peerRecords, local } = state
      const { audio, video } = wishIn(kind, local.recording)
      const recorded = peerRecords || audio || video
      this.setData({
        peer,
        kind,
        recorded,
        title: '',
        others: '',
        ringing: true,
        words: app.language.texts('incoming')[kind],
      })
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
