type Listeners<Events> = { [E in keyof Events]?: { listener: (payload: Events[E]) => void; once: boolean }[] }

/** Typed events: event name → payload. A listener that throws affects neither other listeners nor the sender. */
export class Emitter<Events extends object> {
  private listeners: Listeners<Events> = {}

  on<E extends keyof Events>(event: E, listener: (payload: Events[E]) => void): void {
    this.add(event, listener, false)
  }

  once<E extends keyof Events>(event: E, listener: (payload: Events[E]) => void): void {
    this.add(event, listener, true)
  }

  /** Removes the listener, however it was added. */
  off<E extends keyof Events>(event: E, listener: (payload: Events[E]) => void): void {
    this.listeners[event] = this.listeners[event]?.filter((entry) => entry.listener !== listener) ?? []
  }

  emit<E extends keyof Events>(event: E, payload: Events[E]): void {
    const entries = this.listeners[event] ?? []
    this.listeners[event] = entries.filter((entry) => !entry.once)
    for (const { listener } of entries) {
      try {
        listener(payload)
      } catch (error) {
        // Rethrown asynchronously, so that the app's error handler gets it.
        setTimeout(() => {
          throw error
        }, 0)
      }
    }
  }

  clear(): void {
    this.listeners = {}
  }

  private add<E extends keyof Events>(event: E, listener: (payload: Events[E]) => void, once: boolean): void {
    this.listeners[event] = [...(this.listeners[event] ?? []), { listener, once }]
  }
}
