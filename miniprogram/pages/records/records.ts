import type { AppContext } from '../../app-context'
import { HOME_PAGE } from '../../config'
import { clock } from '../../services/clock'
import { RecordsError, type CallRecord } from '../../services/records'
import { showTabTitles } from '../../services/tab-titles'
import { fill } from '../../texts/index'
import { AudioPlayer } from './audio-player'
import { Downloads } from './downloads'
import type { FileView } from './file-view'
import { mergeCalls, type Call } from './merge'
import { canBeRemoved, numbersOf, removeCalls } from './removal'
import { daysOf, isUnsettled, type DayView } from './view'

/** Interval of reloading calls that still change, while the page is visible, ms. */
const REFRESH = 2_000

const app = getApp<AppContext>()

Page({
  data: {
    t: {},
    /** State of the service's records; failed: the last request failed. */
    phase: 'loading',
    /** A key of the records texts. */
    problem: '',
    days: [] as DayView[],
    /** The call whose files are shown. */
    open: '',
    /** The file that plays or is paused, and the URL it started with. */
    playing: '',
    source: '',
    paused: false,
    percent: 0,
    position: '',
    /** The call whose callback is being sent again. */
    resending: 0,
    /** The file being downloaded, and its progress. */
    fetching: '',
    fetched: 0,
    fetchedTold: '',
    removing: false,
  },
  stops: [] as Array<() => void>,
  /** The service's last answer. */
  records: [] as CallRecord[],
  calls: [] as Call[],
  audio: null as AudioPlayer | null,
  downloads: null as Downloads | null,
  visible: false,
  /** Epoch of requests: only the newest one's answer is shown. */
  request: 0,
  timer: null as ReturnType<typeof setTimeout> | null,

  onLoad() {
    this.audio = new AudioPlayer({
      progress: (played, length) => this.showProgress(played, length),
      ended: () => this.stop(),
      failed: () => this.fail(),
    })
    this.downloads = new Downloads(app.language, (percent) => this.showFetched(percent))
    this.stops = [
      app.language.follow(this, 'records', 'common'),
      app.language.subscribe(() => this.showCalls()),
      app.history.subscribe(() => this.showCalls()),
      app.session.subscribe((state) => {
        const back = state.phase === 'signed-in' && state.online && this.data.phase === 'failed'
        if (back && this.visible) void this.load()
      }),
    ]
  },
  onShow() {
    showTabTitles(app.language, 'records')
    this.visible = true
    this.showCalls()
    void this.load()
  },
  onHide() {
    this.leave()
  },
  onUnload() {
    this.leave()
    for (const stop of this.stops) stop()
  },
  async onPullDownRefresh() {
    await this.load()
    await wx.stopPullDownRefresh()
  },

  toggle({ currentTarget }: WechatMiniprogram.TouchEvent) {
    const { id } = currentTarget.dataset
    this.stop()
    this.setData({ open: this.data.open === id ? '' : String(id) })
  },
  callAgain({ currentTarget }: WechatMiniprogram.TouchEvent) {
    const call = this.calls.find(({ id }) => id === currentTarget.dataset['id'])
    if (call?.room?.name) void app.entry.joinRoom(call.room.name, 'host', call.kind)
    else if (call) void app.entry.place(call.peer, call.kind)
  },
  retry() {
    this.setData({ phase: 'loading' })
    void this.load()
  },
  openContacts() {
    // Not every app has this page among its tabs.
    wx.switchTab({ url: HOME_PAGE, fail: () => void wx.reLaunch({ url: HOME_PAGE }) })
  },
  copy({ currentTarget }: WechatMiniprogram.CustomEvent) {
    const file = this.fileOf(currentTarget.dataset['id'])
    if (!file) return
    const words = app.language.texts('records')
    wx.setClipboardData({
      data: file.url,
      success: () => say(words.copied),
      fail: () => say(words.copyFailed),
    })
  },
  async resend({ currentTarget }: WechatMiniprogram.TouchEvent) {
    const cid = Number(currentTarget.dataset['cid'])
    const record = this.records.find((each) => each.cid === cid)
    if (record?.callback !== 'failed' || this.data.resending !== 0) return
    this.setData({ resending: cid })
    try {
      await app.session.records.resend(cid)
      say(app.language.texts('records').resent)
    } catch (error) {
      say(app.language.texts('records')[problemOf(error)])
    }
    this.setData({ resending: 0 })
    await this.load()
  },

  /** Starts or stops a download. */
  async download({ currentTarget }: WechatMiniprogram.CustomEvent) {
    const file = this.fileOf(currentTarget.dataset['id'])
    if (!file) return
    const { fetching } = this.data
    if (fetching === file.id) return this.endFetching()
    if (fetching !== '') return say(app.language.texts('records').oneDownload)
    this.setData({ fetching: file.id })
    this.showFetched(0)
    const fetched = await this.downloads?.fetch(file)
    if (this.data.fetching === file.id) this.setData({ fetching: '' })
    // On a page that stays open, URLs expire.
    if (fetched === false && this.visible) await this.load()
  },
  showFetched(percent: number) {
    const told = fill(app.language.texts('records').fetching, { percent })
    this.setData({ fetched: percent, fetchedTold: told })
  },
  endFetching() {
    this.downloads?.stop()
    this.setData({ fetching: '' })
  },

  async remove({ currentTarget }: WechatMiniprogram.TouchEvent) {
    await this.learn()
    const call = this.calls.find(({ id }) => id === currentTarget.dataset['id'])
    if (!call) return
    const words = app.language.texts('records')
    const content = numbersOf(call).length > 0 ? words.removeLead : words.removeHereLead
    if (await isSure(words.removeQuestion, content)) await this.removeAll([call])
  },
  async clear() {
    const words = app.language.texts('records')
    if (!(await isSure(words.clearQuestion, words.clearLead))) return
    await this.learn()
    let all = true
    // The service returns its newest calls only: others follow.
    while (all && this.calls.some(canBeRemoved)) all = await this.removeAll(this.calls.filter(canBeRemoved))
  },
  /** The service may have a call whose number this phone does not know: without its list, the call would reappear. */
  async learn() {
    if (this.data.phase !== 'ready') await this.load()
  },
  /** Whether all of them were deleted; otherwise the reason is shown. */
  async removeAll(calls: Call[]): Promise<boolean> {
    if (this.data.removing) return false
    this.setData({ removing: true })
    this.stop()
    this.endFetching()
    const { gone, problem } = await removeCalls(calls, app)
    const numbers = new Set(gone.flatMap(numbersOf))
    this.records = this.records.filter(({ cid }) => !numbers.has(cid))
    this.setData({ removing: false })
    this.showCalls()
    if (problem !== null) say(app.language.texts('records')[problemOf(problem)])
    if (this.visible) await this.load()
    return problem === null
  },

  /** Plays, pauses or continues a file; closes a playing video. */
  play({ currentTarget }: WechatMiniprogram.CustomEvent) {
    const file = this.fileOf(currentTarget.dataset['id'])
    if (!file) return
    if (file.id !== this.data.playing) {
      this.stop()
      this.setData({ playing: file.id, source: file.url, position: clock(0) })
      if (file.kind === 'aac') this.audio?.play(file.url)
    } else if (file.kind === 'mp4') {
      this.stop()
    } else {
      const paused = !this.data.paused
      this.setData({ paused })
      if (paused) this.audio?.pause()
      else this.audio?.resume()
    }
  },
  stop() {
    this.audio?.stop()
    this.setData({ playing: '', source: '', paused: false, percent: 0, position: '' })
  },
  fail() {
    this.stop()
    say(app.language.texts('records').playFailed)
    if (this.visible) void this.load()
  },
  showProgress(played: number, length: number) {
    const whole = length > 0 ? length : (this.fileOf(this.data.playing)?.duration ?? 0)
    const percent = whole > 0 ? Math.min(100, Math.round((played / whole) * 100)) : 0
    this.setData({ percent, position: clock(played) })
  },
  fileOf(id: unknown): FileView | undefined {
    const calls = this.data.days.flatMap((day) => day.calls)
    return calls.flatMap((call) => call.files).find((file) => file.id === id)
  },

  async load() {
    this.rest()
    const request = ++this.request
    const answer = await app.session.records.list().catch(problemOf)
    if (request !== this.request) return
    if (typeof answer === 'string') {
      this.setData({ phase: 'failed', problem: answer })
    } else {
      this.records = answer
      this.setData({ phase: 'ready' })
    }
    this.showCalls()
    if (this.visible && this.records.some(isUnsettled)) this.timer = setTimeout(() => void this.load(), REFRESH)
  },
  /** This phone's calls are shown even if the service does not answer. */
  showCalls() {
    const { state } = app.session
    const account = state.phase === 'signed-in' ? state.account : ''
    const words = app.language.texts('records')
    const { phase } = this.data
    const told = phase === 'failed' ? words.recordUnknown : words.recordGone
    const noRecord = phase === 'loading' ? words.recordWaited : told
    const texts = { records: words, outcomes: app.language.texts('outcomes') }
    const shares = wx.canIUse('shareFileMessage')
    this.calls = mergeCalls(app.history.calls, this.records)
    this.setData({ days: daysOf(this.calls, { account, shares, texts, noRecord, now: Date.now() }) })
  },
  rest() {
    if (this.timer !== null) clearTimeout(this.timer)
    this.timer = null
  },
  /** The page is hidden: stop playing, requests and downloads. */
  leave() {
    this.visible = false
    this.request++
    this.rest()
    this.stop()
    this.endFetching()
  },
})

function problemOf(error: unknown): 'errorUnreachable' | 'errorRefused' | 'errorUnderWay' {
  if (!(error instanceof RecordsError) || error.reason === 'refused') return 'errorRefused'
  return error.reason === 'unreachable' ? 'errorUnreachable' : 'errorUnderWay'
}
/** A question about an irreversible action. */
function isSure(title: string, content: string): Promise<boolean> {
  const { remove } = app.language.texts('records')
  const { cancel } = app.language.texts('common')
  return new Promise((resolve) => {
    wx.showModal({
      title,
      content,
      confirmText: remove,
      cancelText: cancel,
      success: ({ confirm }) => resolve(confirm),
      fail: () => resolve(false),
    })
  })
}
function say(title: string): void {
  void wx.showToast({ title, icon: 'none' })
}
