/** Asks for agreement to the privacy guideline, on any page, while WeChat waits for it. */
import type { AppContext } from '../../app-context'
import { AGREE_BUTTON } from '../../services/privacy'

const data = { t: {}, open: false, contract: '', agreeButton: AGREE_BUTTON }

type Methods = {
  refresh(): void
  onRead(): void
  onAgree(): void
  onRefuse(): void
  /** Blocks scrolling behind the sheet. */
  onHold(): void
}

const app = getApp<AppContext>()

Component<typeof data, Record<string, never>, Methods, [], { leave: Array<() => void>; onTop: boolean }>({
  data,
  lifetimes: {
    attached() {
      this.onTop = true
      this.leave = [app.language.follow(this, 'permissions'), app.privacy.subscribe(() => this.refresh())]
      this.refresh()
    },
    detached() {
      for (const leave of this.leave) leave()
    },
  },
  pageLifetimes: {
    show() {
      this.onTop = true
      this.refresh()
    },
    hide() {
      this.onTop = false
      this.refresh()
    },
  },
  methods: {
    refresh() {
      const open = app.privacy.asking && this.onTop
      if (open !== this.data.open) this.setData({ open, contract: app.privacy.contract })
      if (open) app.privacy.shown()
    },
    onRead() {
      wx.openPrivacyContract({})
    },
    onAgree() {
      app.privacy.agree()
    },
    onRefuse() {
      app.privacy.refuse()
    },
    onHold() {},
  },
})
