/** A round avatar from an account's initials. It is decoration: the name stands beside it as text. */
import { initials, tone } from './initials'

Component({
  properties: {
    account: String,
    /** Its width, rpx. */
    size: { type: Number, value: 88 },
  },
  data: { initials: '', tone: 0 },
  observers: {
    account(account: string) {
      this.setData({ initials: initials(account), tone: tone(account) })
    },
  },
})
