type Entries<Events> = { [E in keyof Events]?: { listener: (payload: Events[E]) => void; once: boolean }[] }

/** The listeners of one event. One that throws affects neither other listeners nor the sender. */
export class Listeners<Args extends unknown[] = []> {
  private readonly all = new Set<(...args: Args) => void>()

  get size(): number {
    return this.all.size
  }

  /** Returns the function that removes the listener. */
  add(listener: (...args: Args) => void): () => void {
    this.all.add(listener)
    return () => this.all.delete(listener)
  }

  emit(...args: Args): void {
    for (const listener of this.all) isolate(() => listener(...args))
  }
}

/** Typed events: event name → payload. A listener that throws affects neither other listeners nor the sender. */
export class Emitter<Events extends object> {
  private listeners: Entries<Events> = {}

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
    for (const { listener } of entries) isolate(() => listener(payload))
  }

  clear(): void {
    this.listeners = {}
  }

  private add<E extends keyof Events>(event: E, listener: (payload: Events[E]) => void, once: boolean): void {
    this.listeners[event] = [...(this.listeners[event] ?? []), { listener, once }]
  }
}

/** An error is rethrown asynchronously, so that the app's error handler gets it. */
function isolate(listener: () => void): void {
  try {
    listener()
  } catch (error) {
    setTimeout(() => {
      throw error
    }, 0)
  }
}
