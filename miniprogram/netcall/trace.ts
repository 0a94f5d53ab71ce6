import type { Emitter } from './emitter'

/** Writes each event's name to the console. Payloads stay out of it: they hold signed urls. */
export function traced<Events extends object>(emitter: Emitter<Events>): Emitter<Events> {
  const emit = emitter.emit.bind(emitter)
  emitter.emit = (event, payload) => {
    console.info('netcall:', event)
    emit(event, payload)
  }
  return emitter
}
