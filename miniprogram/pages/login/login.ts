import type { AppContext } from '../../app-context'
import type { SessionState, SignInProblem } from '../../services/session'
import { showProblem, type ShownProblem } from './problem'
import { scanService } from './scan'

type Field = 'account' | 'service'

const app = getApp<AppContext>()

Page({
  data: {
    t: {},
    account: '',
    service: '',
    /** Used before on this phone. */
    accounts: [] as string[],
    /** Somebody is being signed in without having asked here: nothing to fill in. */
    quiet: false,
    /** The form was sent. */
    busy: false,
    accountProblem: '',
    serviceProblem: '',
    scanProblem: '',
    problem: null as ShownProblem['problem'],
  },
  /** What the form speaks of now; typing makes it silent. */
  shown: null as SignInProblem | null,
  stops: [] as Array<() => void>,

  onLoad() {
    const { account, service, accounts } = app.session.remembered()
    // After signing out no account is remembered; the last one is still the likeliest.
    this.setData({ account: account || (accounts[0] ?? ''), service, accounts })
    this.stops = [
      app.language.follow(this, 'login'),
      app.language.subscribe(() => this.showLanguage()),
      app.session.subscribe((state) => this.showState(state)),
    ]
    this.showLanguage()
    this.showState(app.session.state)
  },
  onUnload() {
    for (const stop of this.stops) stop()
  },

  pickAccount({ currentTarget }: WechatMiniprogram.TouchEvent) {
    if (this.data.busy) return
    this.setData({ account: String(currentTarget.dataset['account']) })
    this.showProblem(null)
  },
  type({ currentTarget, detail }: WechatMiniprogram.Input) {
    const field: Field = currentTarget.dataset['field'] === 'service' ? 'service' : 'account'
    this.setData({ [field]: detail.value })
    this.showProblem(null)
  },
  async scan() {
    if (this.data.busy) return
    const scanned = await scanService()
    // Meanwhile a launch with an account may have begun to sign in.
    if (scanned === 'cancelled' || app.session.state.phase !== 'signed-out') return
    this.showProblem(null)
    this.setData('service' in scanned ? { service: scanned.service } : { scanProblem: scanned.problem })
  },
  signIn() {
    if (this.data.busy) return
    this.setData({ busy: true })
    this.showProblem(null)
    void app.session.signIn(this.data.account, this.data.service)
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
  },
  showLanguage() {
    void wx.setNavigationBarTitle({ title: app.language.texts('login').title })
    this.setData({ ...showProblem(this.shown, this.data, app.language.texts('login')) })
  },
})
