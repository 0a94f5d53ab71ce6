/** Sounds, and audio interruptions by other apps. */
import { Listeners } from '../emitter'
import type { Phone } from '../phone'
import { api } from './api'
import { InnerAudio } from './inner-audio'

export function audioApi({ audios, conditions: { interrupted, background } }: Phone) {
  const [begin, end] = [new Listeners<undefined>(), new Listeners<undefined>()]
  interrupted.changes.add((on) => {
    for (const audio of audios) if (on) audio.pause()
    background.deliver(() => (on ? begin : end).emit(undefined))
  })
  background.hidden.changes.add((hidden) => {
    for (const audio of audios) audio.hide(hidden)
  })
  return {
    createInnerAudioContext: () => new InnerAudio(audios, interrupted, background.hidden),
    setInnerAudioOption: api('setInnerAudioOption', () => undefined),
    getAvailableAudioSources: api('getAvailableAudioSources', () => ({ audioSources: ['auto', 'mic'] })),
    onAudioInterruptionBegin: begin.add,
    offAudioInterruptionBegin: begin.remove,
    onAudioInterruptionEnd: end.add,
    offAudioInterruptionEnd: end.remove,
  }
}
