/**
 * A recorded file: whose, how long, how large. Sends `play` (start, pause or go on: the owner knows), `download` (fetch,
 * or stop that), `copy` and, from the picture itself, `end` and `fail`.
 */
Component({
  properties: {
    /** A `FileView` of the records page. */
    file: { type: Object, value: {} },
    /** The records texts. */
    words: { type: Object, value: {} },
    /** It is the one that is played now, if perhaps paused. */
    current: Boolean,
    /** The address it is played from. */
    source: String,
    paused: Boolean,
    /** How much of it was played, 0 to 100, and the same as `00:07`. */
    percent: Number,
    position: String,
    /** It is the one that is fetched onto the phone now; how much of it is there, and the same in words. */
    fetching: Boolean,
    fetched: Number,
    fetchedTold: String,
  },
  methods: {
    play() {
      this.triggerEvent('play')
    },
    download() {
      this.triggerEvent('download')
    },
    copy() {
      this.triggerEvent('copy')
    },
    end() {
      this.triggerEvent('end')
    },
    fail() {
      this.triggerEvent('fail')
    },
  },
})
