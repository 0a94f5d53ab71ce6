import type { AppContext } from '../../app-context'
import { DEFAULT_PROVIDER } from '../../config'
import type { ProviderName } from '../../netcall/config'
import type { SessionState, SignInProblem } from '../../services/session'
import { showProblem, type ShownProblem } from './problem'
import { scanService } from './scan'

const FIELDS = ['account', 'service', 'appKey', 'token'] as const
const PROVIDERS: readonly ProviderName[] = ['local', 'yunxin']

const app = getApp<AppContext>()

Page({
  data: {
    t: {},
    /** `{ value, label }` each. */
    providers: [] as Array<{ value: ProviderName; label: string }>,
    provider: DEFAULT_PROVIDER,
    account: '',
    service: '',
    appKey: '',
    token: '',
    /** Accounts used before on this phone. */
    accounts: [] as string[],
    /** A sign-in is in progress that was not started here: there is nothing to fill in. */
    quiet: false,
    /** The form was submitted. */
    busy: false,
    accountProblem: '',
    serviceProblem: '',
    scanProblem: '',
    appKeyProblem: '',
    problem: null as ShownProblem['problem'],
  },
  /** The form's current problem; cleared by typing. */
  shown: null as SignInProblem | null,
  stops: [] as Array<() => void>,

  onLoad() {
    const { provider, account, service, accounts, appKey, token } = app.session.remembered()
    // After signing out no account is stored; the last one is still the most likely.
    this.setData({ provider, account: account || (accounts[0] ?? ''), service, accounts, appKey, token })
    this.stops = [
      app.language.follow(this, 'login'),
      app.language.subscribe(() => this.showLanguage()),
      app.session.subscribe((state) => this.showState(state)),
    ]
    this.showLanguage()
    this.showState(app.session.state)
    void this.checkProvider()
  },
  onUnload() {
    for (const stop of this.stops) stop()
  },

  pickAccount({ currentTarget }: WechatMiniprogram.TouchEvent) {
    if (this.data.busy) return
    this.setData({ account: String(currentTarget.dataset['account']) })
    this.showProblem(null)
  },
  chooseProvider({ detail }: WechatMiniprogram.CustomEvent<{ value: ProviderName }>) {
    if (this.data.busy) return
    this.setData({ provider: detail.value })
    this.showProblem(null)
    void this.checkProvider()
  },
  /** Without NetEase's SDK the form shows it and keeps the local service. */
  async checkProvider() {
    const { provider } = this.data
    const problem = await app.session.problemWith(provider)
    // Another provider may have been chosen meanwhile.
    if (problem && provider === this.data.provider) this.showProblem(problem)
  },
  type({ currentTarget, detail }: WechatMiniprogram.Input) {
    const field = FIELDS.find((name) => name === currentTarget.dataset['field'])
    if (field) this.setData({ [field]: detail.value })
    this.showProblem(null)
  },
  async scan() {
    if (this.data.busy) return
    const scanned = await scanService()
    // A launch with an account may have begun to sign in meanwhile.
    if (scanned === 'cancelled' || app.session.state.phase !== 'signed-out') return
    this.showProblem(null)
    this.setData('service' in scanned ? { service: scanned.service } : { scanProblem: scanned.problem })
  },
  signIn() {
    if (this.data.busy) return
    this.setData({ busy: true })
    this.showProblem(null)
    const { provider, account, service, appKey, token } = this.data
    void app.session.signIn(account, service, provider === 'yunxin' ? { appKey, token } : null)
  },

  showState(state: SessionState) {
    if (state.phase === 'signed-out') {
      this.setData({ quiet: false, busy: false })
      this.showProblem(state.problem)
    } else {
      const { account, service } = state
      this.setData({ account, service, quiet: !this.data.busy })
    }
  },
  showProblem(problem: SignInProblem | null) {
    this.shown = problem
    this.setData({ scanProblem: '', ...showProblem(problem, this.data, app.language.texts('login')) })
    if (problem?.reason === 'not-installed') this.setData({ provider: 'local' })
    // The message is at the top, and the form is longer than a small screen.
    if (this.data.problem) void wx.pageScrollTo({ scrollTop: 0 })
  },
  showLanguage() {
    const words = app.language.texts('login')
    void wx.setNavigationBarTitle({ title: words.title })
    this.setData({ providers: PROVIDERS.map((value) => ({ value, label: words[value] })) })
    this.setData({ ...showProblem(this.shown, this.data, words) })
  },
})
