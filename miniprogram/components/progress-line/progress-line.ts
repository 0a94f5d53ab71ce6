/** How far something is: a line that fills, and the same in words at its end. */
Component({
  properties: {
    /** 0 to 100 */
    percent: Number,
    /** What it is that gets on. */
    label: String,
    told: String,
  },
})
