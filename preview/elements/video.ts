import { dom, element } from './element'

/** `<video>`, with the methods for `wx.createVideoContext`. */
export const video = element(
  'video',
  {
    src: '',
    controls: true,
    autoplay: false,
    loop: false,
    muted: false,
    initialTime: 0,
    objectFit: 'contain',
    poster: '',
    title: '',
    showCenterPlayBtn: true,
    showPlayBtn: true,
    showFullscreenBtn: true,
    showProgress: true,
    enableProgressGesture: true,
    showMuteBtn: false,
    playBtnPosition: 'bottom',
    direction: null,
  },
  (host) => {
    const player = dom('video', { playsInline: true, preload: 'metadata' })
    host.node.prepend(player)
    let shown = ''
    const on = (type: keyof HTMLVideoElementEventMap, event: string, detail: () => unknown = () => ({})): void => {
      player.addEventListener(type, () => host.emit(event, detail()))
    }
    on('play', 'play')
    on('pause', 'pause')
    on('ended', 'ended')
    on('waiting', 'waiting')
    on('error', 'error', () => ({ errMsg: player.error?.message ?? 'cannot be played' }))
    on('timeupdate', 'timeupdate', () => ({ currentTime: player.currentTime, duration: player.duration }))
    on('progress', 'progress', () => ({
      buffered:
        player.buffered.length === 0 ? 0 : (player.buffered.end(player.buffered.length - 1) / player.duration) * 100,
    }))
    on('loadedmetadata', 'loadedmetadata', () => ({
      width: player.videoWidth,
      height: player.videoHeight,
      duration: player.duration,
    }))
    return {
      update() {
        const { src, controls, autoplay, loop, muted, objectFit, poster, initialTime } = host.props()
        Object.assign(player, { controls, autoplay, loop, muted, poster: host.asset(poster) })
        player.style.objectFit = objectFit
        const url = host.asset(src)
        if (url === shown) return
        shown = url
        if (url === '') player.removeAttribute('src')
        else player.src = url
        if (initialTime > 0) player.currentTime = initialTime
      },
      detach() {
        player.pause()
        player.removeAttribute('src')
        player.load()
      },
      context: {
        play: () => void player.play(),
        pause: () => player.pause(),
        stop() {
          player.pause()
          player.currentTime = 0
        },
        seek: (seconds: number) => void (player.currentTime = seconds),
        playbackRate: (rate: number) => void (player.playbackRate = rate),
        requestFullScreen: () => void player.requestFullscreen(),
        exitFullScreen: () => void document.exitFullscreen(),
      },
    }
  },
)
