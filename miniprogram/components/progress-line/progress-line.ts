/** A progress bar with its value as text. */
Component({
  properties: {
    /** 0 to 100 */
    percent: Number,
    /** Label of the operation in progress. */
    label: String,
    told: String,
  },
})
