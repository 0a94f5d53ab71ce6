/** Shows that the call is recorded; only the dot if `compact`. */
import type { AppContext } from '../../app-context'

const properties = { compact: Boolean }
type NoMethods = WechatMiniprogram.Component.MethodOption

Component<{ t: object }, typeof properties, NoMethods, [], { unfollow: () => void }>({
  properties,
  data: { t: {} },
  lifetimes: {
    attached() {
      this.unfollow = getApp<AppContext>().language.follow(this, 'call')
    },
    detached() {
      this.unfollow()
    },
  },
})
