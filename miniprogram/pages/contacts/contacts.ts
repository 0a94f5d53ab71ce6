import type { AppContext } from '../../app-context'
import { ROOM_LIMIT, type CallKind, type RoomRole } from '../../call/state'
import { ROOM_NAME_LENGTH } from '../../netcall/constants'
import { askToSignOut } from '../../services/sign-out'
import { showTabTitles } from '../../services/tab-titles'
import { fill } from '../../texts/index'
import { problemOfRoomName, type RoomNameProblem } from './room-name'

interface Person {
  account: string
  online: boolean
  chosen: boolean
  choose: string
  /** Actions of the buttons, for screen readers. */
  callAudio: string
  callVideo: string
}

const app = getApp<AppContext>()
/** A room's places without the local user's. */
const MOST_CHOSEN = ROOM_LIMIT - 1
/** How a room is joined. */
const entry: { role: RoomRole; roomProblem: RoomNameProblem } = { role: 'host', roomProblem: '' }

Page({
  data: {
    t: {},
    account: '',
    service: '',
    /** URL of the preview with a second phone. */
    secondPhone: '',
    /** The connection to the service is lost. */
    lost: false,
    people: [] as Person[],
    /** Several contacts are being selected for a group call. */
    choosing: false,
    chosen: [] as string[],
    count: '',
    /** A room's name is being entered. */
    joining: false,
    roomName: '',
    nameLength: ROOM_NAME_LENGTH,
    ...entry,
    roles: [] as Array<{ value: RoomRole; label: string }>,
  },
  stops: [] as Array<() => void>,

  onLoad() {
    this.stops = [
      app.language.follow(this, 'contacts', 'common'),
      app.language.subscribe(() => this.showWords()),
      app.session.subscribe(() => this.showMe()),
      app.session.onContacts(() => this.showPeople()),
    ]
    this.showMe()
    this.showWords()
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
    void app.entry.place(String(account), kindOf(kind))
  },

  /** From the button, or by a long press on a contact, which is then selected. */
  startChoosing({ currentTarget }: WechatMiniprogram.TouchEvent) {
    if (this.data.choosing) return
    const { account } = currentTarget.dataset
    this.setData({ choosing: true, joining: false, chosen: account === undefined ? [] : [String(account)] })
    this.showPeople()
  },
  stopChoosing() {
    this.setData({ choosing: false, chosen: [] })
    this.showPeople()
  },
  choose({ currentTarget }: WechatMiniprogram.TouchEvent) {
    const { choosing, chosen } = this.data
    if (!choosing) return
    const account = String(currentTarget.dataset['account'])
    const others = chosen.filter((one) => one !== account)
    if (others.length === chosen.length && chosen.length >= MOST_CHOSEN) {
      const title = fill(app.language.texts('contacts').chosenAll, { limit: MOST_CHOSEN })
      return void wx.showToast({ title, icon: 'none' })
    }
    this.setData({ chosen: others.length < chosen.length ? others : [...chosen, account] })
    this.showPeople()
  },
  callGroup({ currentTarget }: WechatMiniprogram.TouchEvent) {
    const { chosen } = this.data
    if (chosen.length === 0) return
    this.stopChoosing()
    void app.entry.callGroup(chosen, kindOf(currentTarget.dataset['kind']))
  },

  toggleJoining() {
    this.setData({ joining: !this.data.joining, roomProblem: '' })
  },
  typeRoom({ detail }: WechatMiniprogram.Input) {
    this.setData({ roomName: detail.value, roomProblem: '' })
  },
  chooseRole({ detail }: WechatMiniprogram.CustomEvent<{ value: RoomRole }>) {
    this.setData({ role: detail.value })
  },
  join({ currentTarget }: WechatMiniprogram.TouchEvent) {
    const name = this.data.roomName.trim()
    const roomProblem = problemOfRoomName(name)
    if (roomProblem) return this.setData({ roomProblem })
    void app.entry.joinRoom(name, this.data.role, kindOf(currentTarget.dataset['kind']))
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
  showWords() {
    const words = app.language.texts('contacts')
    const roles = (['host', 'audience'] as const).map((value) => ({ value, label: words[value] }))
    this.setData({ roles })
    this.showPeople()
  },
  showPeople() {
    const words = app.language.texts('contacts')
    const others = app.session.contacts.filter(({ account }) => account !== this.data.account)
    // Contacts that went offline are deselected.
    const chosen = this.data.chosen.filter((account) => others.some((other) => other.account === account))
    const people = others.map(({ account, online }) => ({
      account,
      online,
      chosen: chosen.includes(account),
      choose: fill(words.choose, { name: account }),
      callAudio: fill(words.callAudio, { name: account }),
      callVideo: fill(words.callVideo, { name: account }),
    }))
    const count = fill(words.chosen, { count: chosen.length, limit: MOST_CHOSEN })
    this.setData({ people, chosen, count, choosing: this.data.choosing && people.length > 0 })
  },
})

function kindOf(kind: unknown): CallKind {
  return kind === 'video' ? 'video' : 'audio'
}
