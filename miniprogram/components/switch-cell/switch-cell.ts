/** A line of a settings card with a switch. Emits `turn` with `{ on }`; the owner sets the new state. */
Component({
  properties: {
    label: String,
    /** Hint under the label; none if empty. */
    hint: String,
    on: Boolean,
  },
  methods: {
    change({ detail }: WechatMiniprogram.SwitchChange) {
      this.triggerEvent('turn', { on: detail.value })
    },
  },
})
