/** The buttons of a call. Sends `microphone`, `camera`, `flip`, `speaker`, `video`, `more` and `hangup`; it changes nothing itself. */
import type { AppContext } from '../../app-context'
import { controls, type Control, type ControlAction } from './controls'

const properties = {
  /** `audio` or `video`. */
  kind: { type: String, value: 'audio' },
  microphone: Boolean,
  camera: Boolean,
  speaker: Boolean,
  flippable: Boolean,
  talking: Boolean,
  /** Whether the other side is still being called: the red button then cancels. */
  ringing: Boolean,
}
const data: { row: Control[]; t: object } = { row: [], t: {} }

type Methods = {
  onControl(event: WechatMiniprogram.BaseEvent<Record<string, never>, { action: ControlAction }>): void
  onHangUp(): void
}

Component<typeof data, typeof properties, Methods, [], { unfollow: () => void }>({
  properties,
  data,
  lifetimes: {
    attached() {
      this.unfollow = getApp<AppContext>().language.follow(this, 'call')
    },
    detached() {
      this.unfollow()
    },
  },
  observers: {
    'kind, microphone, camera, speaker, flippable, talking'(
      kind: string,
      microphone: boolean,
      camera: boolean,
      speaker: boolean,
      flippable: boolean,
      talking: boolean,
    ) {
      const shownKind = kind === 'video' ? 'video' : 'audio'
      const row = controls({ kind: shownKind, microphone, camera, speaker, flippable, talking })
      this.setData({ row })
    },
  },
  methods: {
    onControl({ currentTarget }) {
      this.triggerEvent(currentTarget.dataset.action)
    },
    onHangUp() {
      this.triggerEvent('hangup')
    },
  },
})
