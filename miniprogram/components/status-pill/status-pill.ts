/** A short status label: `quiet`, `busy`, `good` or `bad`. */
Component({
  properties: {
    tone: { type: String, value: 'quiet' },
    label: String,
  },
})
