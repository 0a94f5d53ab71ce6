/** A line of a settings card with a switch. Sends `turn` with `{ on }`; the owner gives the new state back. */
Component({
  properties: {
    label: String,
    /** A line under the label; none when empty. */
    hint: String,
    on: Boolean,
  },
  methods: {
    change({ detail }: WechatMiniprogram.SwitchChange) {
      this.triggerEvent('turn', { on: detail.value })
    },
  },
})
