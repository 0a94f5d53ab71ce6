/**
 * A recorded file: owner, duration, size. Emits `play` (start, pause or continue, decided by the owner), `download` (start or stop), `copy`
 * and, from the video itself, `end` and `fail`.
 */
Component({
  properties: {
    /** A `FileView` of the records page. */
    file: { type: Object, value: {} },
    /** The records texts. */
    words: { type: Object, value: {} },
    /** Whether it is the current file, playing or paused. */
    current: Boolean,
    /** The URL it is played from. */
    source: String,
    paused: Boolean,
    /** Playback position, 0 to 100, and as `00:07`. */
    percent: Number,
    position: String,
    /** Whether it is being downloaded; the progress, and the same as text. */
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
