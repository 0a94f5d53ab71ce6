/** Says that the call is being recorded. */
import type { AppContext } from '../../app-context'

type NoProperties = WechatMiniprogram.Component.PropertyOption
type NoMethods = WechatMiniprogram.Component.MethodOption

Component<{ t: object }, NoProperties, NoMethods, [], { unfollow: () => void }>({
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
