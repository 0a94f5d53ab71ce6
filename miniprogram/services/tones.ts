/** Ring and ringback tones; they stop with the ringing, however it ends. */
import type { CallController } from '../call/controller'
import type { CallState } from '../call/state'

interface Tone {
  /** Made by scripts/make-tones.mjs. */
  src: string
  /** Interval between repetitions, ms: the rest after the file is silence. */
  every: number
  vibrates: boolean
}
const RING: Tone = { src: '/assets/tones/ring.wav', every: 2_500, vibrates: true }
const RING_BACK: Tone = { src: '/assets/tones/ring-back.wav', every: 5_000, vibrates: false }

type Call = Pick<CallController, 'state' | 'subscribe'>

/** Plays the ring tone, and the ringback tone for the caller, for the app's life. */
export function followTones(call: Call): void {
  let playing: { tone: Tone; stop: () => void } | null = null
  call.subscribe((state) => {
    const tone = toneOf(state)
    if (tone === (playing?.tone ?? null)) return
    playing?.stop()
    playing = tone && { tone, stop: play(tone, call) }
  })
}

function toneOf(state: CallState): Tone | null {
  if (state.phase === 'incoming' || state.phase === 'invited') return RING
  // Only a call with a channel id rings at the callee.
  return state.phase === 'outgoing' && state.cid !== null ? RING_BACK : null
}

/** Plays until the returned function is called. */
function play(tone: Tone, call: Call): () => void {
  const audio = wx.createInnerAudioContext()
  audio.src = tone.src
  const beat = (): void => {
    // Repeated each time: the option is global for the app, and the speaker may have been switched meanwhile.
    void wx.setInnerAudioOption({ obeyMuteSwitch: true, speakerOn: tone === RING || usesSpeaker(call.state) })
    audio.stop()
    audio.play()
    if (tone.vibrates) wx.vibrateLong({ fail: cannotVibrate })
  }
  beat()
  const beats = setInterval(beat, tone.every)
  return () => {
    clearInterval(beats)
    audio.destroy()
    void wx.setInnerAudioOption({ obeyMuteSwitch: true, speakerOn: true })
  }
}

function usesSpeaker(state: CallState): boolean {
  return state.phase === 'outgoing' && state.local.speaker
}

/** Tablets have no vibration motor; the tone is enough. */
function cannotVibrate(): void {}
