import type { AppContext } from '../../app-context'
import { REMINDER_TEMPLATE } from '../../config'
import { RECORD_TYPE } from '../../netcall/constants'
import { askForReminder } from '../../services/reminders'
import { DEFAULT_SETTINGS, type Settings } from '../../services/settings'
import { askToSignOut } from '../../services/sign-out'
import { showTabTitles } from '../../services/tab-titles'
import { fill, type Texts } from '../../texts/index'
import { leavesInWords } from './leaves'

interface Choice {
  value: string
  label: string
}

const app = getApp<AppContext>()

Page({
  data: {
    t: {},
    settings: DEFAULT_SETTINGS,
    /** Labels and hints are keys of the settings texts. */
    recordTypes: [
      { value: RECORD_TYPE.RECORD_TYPE_MIX_SINGLE, label: 'mixSingle', hint: 'mixSingleHint' },
      { value: RECORD_TYPE.RECORD_TYPE_ONLY_MIX, label: 'onlyMix', hint: 'onlyMixHint' },
      { value: RECORD_TYPE.RECORD_TYPE_ONLY_SINGLE, label: 'onlySingle', hint: 'onlySingleHint' },
    ],
    cameras: [] as Choice[],
    beauties: [] as Choice[],
    qualities: [] as Choice[],
    languages: [] as Choice[],
    /** Files of a call with these settings. */
    afterVideo: '',
    afterAudio: '',
    account: '',
    service: '',
    canRemind: REMINDER_TEMPLATE !== '',
  },
  stops: [] as Array<() => void>,

  onLoad() {
    this.stops = [
      app.language.follow(this, 'settings', 'common'),
      app.language.subscribe(() => this.showLanguage()),
      app.settings.subscribe(() => this.showSettings()),
      app.session.subscribe(() => this.showAccount()),
    ]
    this.showChoices()
    this.showSettings()
    this.showAccount()
  },
  onShow() {
    showTabTitles(app.language, 'settings')
  },
  onUnload() {
    for (const stop of this.stops) stop()
  },

  turn({ currentTarget, detail }: WechatMiniprogram.CustomEvent<{ on: boolean }>) {
    this.change(currentTarget.id, detail.on)
  },
  choose({ currentTarget, detail }: WechatMiniprogram.CustomEvent<{ value: string }>) {
    this.change(currentTarget.id, detail.value)
  },
  chooseRecordType({ currentTarget }: WechatMiniprogram.TouchEvent) {
    this.change('recordType', currentTarget.dataset['value'])
  },
  async remind() {
    const answer = await askForReminder()
    if (answer === 'refused') return
    const { remindAccepted, remindOff } = app.language.texts('settings')
    void wx.showToast({ title: answer === 'accepted' ? remindAccepted : remindOff, icon: 'none' })
  },
  signOut() {
    askToSignOut(app)
  },

  /** Stored at once; the store rejects invalid settings. */
  change(key: string, value: unknown) {
    app.settings.change({ [key]: value })
  },

  showLanguage() {
    showTabTitles(app.language, 'settings')
    this.showChoices()
    this.showSettings()
  },
  showChoices() {
    const words = app.language.texts('settings')
    this.setData({
      cameras: choices(words, 'front', 'back'),
      beauties: choices(words, 'off', 'soft', 'strong'),
      qualities: choices(words, 'smooth', 'standard', 'high'),
      languages: choices(words, 'system', 'zh', 'en'),
    })
  },
  showSettings() {
    const settings: Settings = app.settings.get()
    const words = app.language.texts('settings')
    this.setData({
      settings,
      afterVideo: fill(words.afterVideo, { files: leavesInWords(settings, 'video', words) }),
      afterAudio: fill(words.afterAudio, { files: leavesInWords(settings, 'audio', words) }),
    })
  },
  showAccount() {
    const { state } = app.session
    this.setData(
      state.phase === 'signed-out' ? { account: '', service: '' } : { account: state.account, service: state.service },
    )
  },
})

function choices(words: Texts<'settings'>, ...values: Array<keyof Texts<'settings'>>): Choice[] {
  return values.map((value) => ({ value, label: words[value] }))
}
