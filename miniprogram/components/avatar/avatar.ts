/** A round avatar with the account's initials. Decorative: the name is shown as text beside it. */
import { initials, tone } from './initials'

Component({
  properties: {
    account: String,
    /** Width, rpx. */
    size: { type: Number, value: 88 },
  },
  data: { initials: '', tone: 0 },
  observers: {
    account(account: string) {
      this.setData({ initials: initials(account), tone: tone(account) })
    },
  },
})
