/**
 * Another member's picture and sound: plays `src` for as long as it has one. Sends `state` (a `MediaState`) when that changes,
 * and `level` ({ level: 0..1 }) with the loudness of the voice where the phone tells it.
 */
import type { AppContext } from '../../app-context'
import { readNetStatus, type NetStatus } from '../media/net-status'
import { MediaRun } from '../media/run'
import { isSimulator, SIMULATOR } from '../media/simulator'
import { GAVE_UP } from '../media/state'
import { readPlayerCode } from './codes'

const properties = {
  src: String,
  /** Loud, or at the ear. */
  speaker: { type: Boolean, value: true },
}
const data = { unsupported: false, playUrl: '', t: {} }

interface Fields {
  run: MediaRun | null
  unfollow: () => void
}
type Methods = {
  start(): void
  onStateChange(event: WechatMiniprogram.LivePlayerStateChange): void
  onNetStatus(event: WechatMiniprogram.CustomEvent<{ info: NetStatus }>): void
  onError(): void
  onVolume(event: WechatMiniprogram.CustomEvent<{ volume?: number }>): void
}

const LOUDEST = 100

Component<typeof data, typeof properties, Methods, [], Fields>({
  properties,
  data,
  lifetimes: {
    created() {
      this.run = null
    },
    attached() {
      this.unfollow = getApp<AppContext>().language.follow(this, 'call')
      this.setData({ unsupported: isSimulator() })
      if (this.data.unsupported) this.triggerEvent('state', SIMULATOR)
      else this.start()
    },
    detached() {
      this.run?.close()
      this.unfollow()
    },
  },
  observers: {
    src(src: string) {
      this.run?.open(src)
    },
  },
  methods: {
    start() {
      let context: WechatMiniprogram.LivePlayerContext | null = null
      let wanted = ''
      this.run = new MediaRun(
        {
          start: (url) => {
            wanted = url
            // The context exists, and knows the URL, once this is on the screen; it may be too late by then.
            this.setData({ playUrl: url }, () => {
              if (wanted !== url) return
              context ??= wx.createLivePlayerContext('player', this)
              context.play()
            })
          },
          stop: () => {
            wanted = ''
            // On the way out the native component may be gone before us: it has then stopped by itself.
            context?.stop({ fail() {} })
          },
          rest: 0,
        },
        (state) => this.triggerEvent('state', state),
      )
      this.run.open(this.data.src)
    },
    onStateChange({ detail }) {
      this.run?.hear(readPlayerCode(detail.code))
    },
    onNetStatus({ detail }) {
      this.run?.hear(readNetStatus(detail.info))
    },
    onError() {
      this.run?.hear(GAVE_UP)
    },
    onVolume({ detail }) {
      this.triggerEvent('level', { level: Math.min(1, (detail.volume ?? 0) / LOUDEST) })
    },
  },
})
