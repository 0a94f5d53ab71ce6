/** The buttons of a call or room. Emits `microphone`, `camera`, `flip`, `speaker`, `video`, `more` and `hangup`; has no effects itself. */
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
  /** Whether the peer is still being called: the red button then cancels. */
  ringing: Boolean,
  /** The local role in a room, `host` or `audience`; empty in a call. */
  role: String,
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
      this.unfollow = getApp<AppContext>().language.follow(this, 'call', 'rooms')
    },
    detached() {
      this.unfollow()
    },
  },
  observers: {
    'kind, microphone, camera, speaker, flippable, talking, role'(
      kind: string,
      microphone: boolean,
      camera: boolean,
      speaker: boolean,
      flippable: boolean,
      talking: boolean,
      role: string,
    ) {
      const shownKind = kind === 'video' ? 'video' : 'audio'
      const shown = controls({ kind: shownKind, microphone, camera, speaker, flippable, talking })
      const row = role === 'audience' ? shown.filter(({ action }) => action === 'speaker') : shown
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
