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
/** The phone's ear piece is quiet; a computer has none. */
const EAR_VOLUME = 0.4

/** A phone's players, for whoever looks on (tests, the bench). */
export interface LivePlayer {
  readonly node: HTMLElement
  readonly player: Player
  readonly video: HTMLVideoElement
}

export const livePlayer = (players: Set<LivePlayer>) =>
  element('live-player', PROPERTIES, (host) => {
    const video = dom('video', { playsInline: true, className: 'phone-media' })
    host.node.prepend(video)
    const player = new Player(video, {
      state: (code, message) => {
        host.emit('statechange', { code, message })
        if (code < 0) host.emit('error', { errCode: code, errMsg: message })
      },
      net: (info) => host.emit('netstatus', { info }),
    })
    const meter = new LevelMeter(video, (volume) => host.emit('audiovolumenotify', { volume }))
    const self: LivePlayer = { node: host.node, player, video }
    players.add(self)
    let mutedByCall: boolean | null = null
    let autoplayed = ''
    const start = (): void => {
      const { src } = host.props()
      if (src === '') {
        host.emit('statechange', { code: -2302, message: 'src is empty' })
        throw new Error('src is empty')
      }
      player.start(src)
    }
    return {
      update() {
        const { src, autoplay, muted, objectFit, orientation, soundMode } = host.props()
        video.muted = mutedByCall ?? muted
        video.volume = soundMode === 'ear' ? EAR_VOLUME : 1
        video.style.objectFit = objectFit === 'fillCrop' ? 'cover' : 'contain'
        video.style.transform = orientation === 'horizontal' ? 'rotate(90deg)' : ''
        if (!autoplay || src === autoplayed) return
        autoplayed = src
        player.stop()
        if (src !== '') start()
      },
      detach() {
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
          mutedByCall = !video.muted
          video.muted = mutedByCall
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
