/** A line of a settings card with a few exclusive choices. Sends `choose` with `{ value }`. */
Component({
  properties: {
    label: String,
    /** `{ value, label }` each, in the order shown. */
    choices: { type: Array, value: [] as Array<{ value: string; label: string }> },
    value: String,
  },
  methods: {
    choose({ currentTarget }: WechatMiniprogram.TouchEvent) {
      const value = String(currentTarget.dataset['value'])
      if (value !== this.data.value) this.triggerEvent('choose', { value })
    },
  },
})
