import type { Emitter } from './emitter'

/** Logs event names to the console. Payloads are left out, because they hold signed URLs. */
export function traced<Events extends object>(emitter: Emitter<Events>): Emitter<Events> {
  const emit = emitter.emit.bind(emitter)
  emitter.emit = (event, payload) => {
    console.info('netcall:', event)
    emit(event, payload)
  }
  return emitter
}
