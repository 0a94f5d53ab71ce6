import type { Conditions } from '../conditions'
import { LevelMeter } from '../media/level-meter'
import { Player } from '../media/player'
import { dom, element } from './element'
import { snapshot } from './live-pusher'

const PROPERTIES = {
  src: '',
  mode: 'live',
  autoplay: false,
  muted: false,
  orientation: 'vertical',
  objectFit: 'contain',
  backgroundMute: false,
  minCache: 1,
  maxCache: 3,
  soundMode: 'speaker',
  autoPauseIfNavigate: true,
  autoPauseIfOpenNative: true,
  pictureInPictureMode: null,
  enableAutoRotation: false,
  enableMetadata: false,
  referrerPolicy: 'no-referrer',
}
/** A phone's earpiece is quiet; computers have none. */
const EAR_VOLUME = 0.4

/** A phone's players, for observers (tests, benchmarks). */
export interface LivePlayer {
  readonly node: HTMLElement
  readonly player: Player
  readonly video: HTMLVideoElement
}

export const livePlayer = (conditions: Conditions, players: Set<LivePlayer>) =>
  element('live-player', PROPERTIES, (host) => {
    const video = dom('video', { playsInline: true, className: 'phone-media' })
    host.node.prepend(video)
    const { interrupted, background, network, simulator } = conditions
    const tell = (event: string, detail: object): void => background.deliver(() => host.emit(event, detail))
    const player = new Player(video, network, {
      state: (code, message) => {
        tell('statechange', { code, message })
        if (code < 0) tell('error', { errCode: code, errMsg: message })
      },
      net: (info) => tell('netstatus', { info }),
    })
    /** Another app has the audio, or this one is in the background. */
    const silenced = (): boolean => interrupted.on || background.hidden.on
    const meter = new LevelMeter(video, (volume) => tell('audiovolumenotify', { volume: silenced() ? 0 : volume }))
    const self: LivePlayer = { node: host.node, player, video }
    players.add(self)
    let mutedByCall: boolean | null = null
    let autoplayed = ''
    const applyMute = (): void => {
      video.muted = silenced() || (mutedByCall ?? host.props().muted)
    }
    interrupted.changes.add(applyMute)
    background.hidden.changes.add(applyMute)
    const start = (): void => {
      if (simulator.on) throw new Error('live-player does not run in the DevTools simulator')
      const { src } = host.props()
      if (src === '') {
        host.emit('statechange', { code: -2302, message: 'src is empty' })
        throw new Error('src is empty')
      }
      player.start(src)
    }
    return {
      update() {
        const { src, autoplay, objectFit, orientation, soundMode } = host.props()
        applyMute()
        video.volume = soundMode === 'ear' ? EAR_VOLUME : 1
        video.style.objectFit = objectFit === 'fillCrop' ? 'cover' : 'contain'
        video.style.transform = orientation === 'horizontal' ? 'rotate(90deg)' : ''
        if (!autoplay || src === autoplayed) return
        autoplayed = src
        player.stop()
        if (src !== '' && !simulator.on) start()
      },
      detach() {
        interrupted.changes.remove(applyMute)
        background.hidden.changes.remove(applyMute)
        player.stop()
        meter.stop()
        players.delete(self)
      },
      context: {
        play: start,
        stop() {
          player.stop()
          autoplayed = ''
        },
        mute() {
          mutedByCall = !(mutedByCall ?? host.props().muted)
          applyMute()
        },
        pause: () => video.pause(),
        resume: () => void video.play(),
        snapshot: () => snapshot(video),
        requestFullScreen: async () => {
          await host.node.requestFullscreen()
          host.emit('fullscreenchange', { fullScreen: true, direction: 'vertical' })
        },
        exitFullScreen: async () => {
          await document.exitFullscreen()
          host.emit('fullscreenchange', { fullScreen: false, direction: 'vertical' })
        },
      },
    }
  })
