/** Three small bars for the network quality. Hidden while it is unknown. */
import type { AppContext } from '../../app-context'

const properties = {
  /** A `NetworkQuality`, or empty. */
  quality: String,
}
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
