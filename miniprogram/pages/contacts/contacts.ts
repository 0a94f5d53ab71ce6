import type { AppContext } from '../../app-context'
import { askToSignOut } from '../../services/sign-out'
import { showTabTitles } from '../../services/tab-titles'
import { fill } from '../../texts/index'

interface Person {
  account: string
  online: boolean
  /** What the buttons do, for a screen reader. */
  callAudio: string
  callVideo: string
}

const app = getApp<AppContext>()

Page({
  data: {
    t: {},
    account: '',
    service: '',
    /** The address of the preview with a second phone. */
    secondPhone: '',
    /** The link to the service is down. */
    lost: false,
    people: [] as Person[],
  },
  stops: [] as Array<() => void>,

  onLoad() {
    this.stops = [
      app.language.follow(this, 'contacts', 'common'),
      app.language.subscribe(() => this.showPeople()),
      app.session.subscribe(() => this.showMe()),
      app.session.onContacts(() => this.showPeople()),
    ]
    this.showMe()
  },
  onShow() {
    showTabTitles(app.language, 'contacts')
  },
  onUnload() {
    for (const stop of this.stops) stop()
  },
  async onPullDownRefresh() {
    await app.session.refreshContacts()
    await wx.stopPullDownRefresh()
  },

  call({ currentTarget }: WechatMiniprogram.TouchEvent) {
    const { account, kind } = currentTarget.dataset
    void app.entry.place(String(account), kind === 'video' ? 'video' : 'audio')
  },
  signOut() {
    askToSignOut(app)
  },

  showMe() {
    const { state } = app.session
    if (state.phase !== 'signed-in') return
    const { account, service, online } = state
    const other = account === 'bob' ? 'alice' : 'bob'
    this.setData({ account, service, secondPhone: `${service}/?accounts=${account},${other}`, lost: !online })
    this.showPeople()
  },
  showPeople() {
    const words = app.language.texts('contacts')
    const people = app.session.contacts
      .filter(({ account }) => account !== this.data.account)
      .map(({ account, online }) => ({
        account,
        online,
        callAudio: fill(words.callAudio, { name: account }),
        callVideo: fill(words.callVideo, { name: account }),
      }))
    this.setData({ people })
  },
})
