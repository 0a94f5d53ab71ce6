/** A small word on how something stands: `quiet`, `busy`, `good` or `bad`. */
Component({
  properties: {
    tone: { type: String, value: 'quiet' },
    label: String,
  },
})
