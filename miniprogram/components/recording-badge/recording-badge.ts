/** Says that the call is being recorded; `compact` by its dot alone. */
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
