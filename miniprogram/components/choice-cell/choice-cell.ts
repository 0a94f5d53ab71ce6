/** A line of a settings card with a few exclusive choices. Emits `choose` with `{ value }`. */
Component({
  properties: {
    label: String,
    /** `{ value, label }[]` in display order. */
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
