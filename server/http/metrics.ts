import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { ConnectionCounts } from '../connections'
import type { Limit } from '../limit'
import type { Repair } from '../media/codec/repair'
import type { StreamStats } from '../media/types'
import type { FrameAccount } from '../recording/frame-account'
import type { CallbackState, CallEndReason } from '../store/types'

/** Current figures of the service's parts. */
export interface Figures {
  calls: number
  signalConnections: number
  gatewayConnections: number
  connections: ConnectionCounts
  streams: StreamStats[]
  recordings: number
  callbacks: Record<CallbackState, number>
}

/** The service's metrics in Prometheus' text format. */
export class Metrics {
  private readonly registry = new Registry()
  private readonly ended: Counter<'reason'>
  private readonly repairs: Counter<'track' | 'repair'>
  private readonly frames: Counter<'track' | 'fate'>
  private readonly limits: Counter<'limit'>
  private readonly requests: Histogram<'method' | 'route' | 'status'>
  /** Read once per scrape, for all gauges. */
  private now: Figures | null = null

  constructor(private readonly figures: () => Figures) {
    const registers = [this.registry]
    collectDefaultMetrics({ register: this.registry })
    const now = (): Figures => (this.now ??= figures())
    const gauge = (name: string, help: string, read: (now: Figures) => number): Gauge => {
      const collect = function (this: Gauge) {
        this.set(read(now()))
      }
      return new Gauge({ name: `netcall_${name}`, help, registers, collect })
    }
    gauge('calls', 'Running calls and rooms.', ({ calls }) => calls)
    gauge('signal_connections', 'Signed-in devices.', ({ signalConnections }) => signalConnections)
    gauge('gateway_connections', 'Logged-in media sessions.', ({ gatewayConnections }) => gatewayConnections)
    gauge('streams', 'Published streams.', ({ streams }) => streams.filter(({ protocol }) => protocol).length)
    gauge('viewers', 'Players of all streams.', ({ streams }) => sum(streams.map(({ viewers }) => viewers)))
    gauge('recordings', 'Calls being recorded.', ({ recordings }) => recordings)
    const connections = new Gauge({
      name: 'netcall_connections',
      help: 'Connections by state: open, pending (included in open); refused, displaced by newer ones, timed out while pending.',
      labelNames: ['state'],
      registers,
      collect() {
        for (const [state, count] of Object.entries(now().connections)) connections.set({ state }, count)
      },
    })
    const callbacks = new Gauge({
      name: 'netcall_callbacks',
      help: 'Callbacks in the outbox.',
      labelNames: ['state'],
      registers,
      collect() {
        for (const [state, count] of Object.entries(now().callbacks)) callbacks.set({ state }, count)
      },
    })
    this.ended = new Counter({
      name: 'netcall_calls_ended_total',
      help: 'Calls that ended.',
      labelNames: ['reason'],
      registers,
    })
    this.repairs = new Counter({
      name: 'netcall_media_repairs_total',
      help: 'Invalid tags from publishers, by repair.',
      labelNames: ['track', 'repair'],
      registers,
    })
    this.frames = new Counter({
      name: 'netcall_recording_frames_total',
      help: 'Frames of finished recordings: written, or dropped by reason.',
      labelNames: ['track', 'fate'],
      registers,
    })
    this.limits = new Counter({
      name: 'netcall_limits_total',
      help: 'Times that clients reached a limit. Limits of connections are in netcall_connections.',
      labelNames: ['limit'],
      registers,
    })
    this.requests = new Histogram({
      name: 'netcall_http_request_seconds',
      help: 'HTTP requests.',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.005, 0.02, 0.1, 0.5, 2],
      registers,
    })
  }

  get contentType(): string {
    return this.registry.contentType
  }
  text(): Promise<string> {
    this.now = this.figures()
    return this.registry.metrics()
  }
  limited(limit: Limit): void {
    this.limits.inc({ limit })
  }
  callEnded(reason: CallEndReason): void {
    this.ended.inc({ reason })
  }
  mediaRepaired(track: 'audio' | 'video', repair: Repair): void {
    this.repairs.inc({ track, repair })
  }
  framesRecorded(account: FrameAccount): void {
    for (const track of ['audio', 'video'] as const) {
      const { written, dropped } = account[track]
      if (written > 0) this.frames.inc({ track, fate: 'written' }, written)
      for (const [fate, frames] of Object.entries(dropped)) this.frames.inc({ track, fate }, frames)
    }
  }
  /** @param seconds duration of the request */
  request(method: string, route: string, status: number, seconds: number): void {
    this.requests.observe({ method, route, status: String(status) }, seconds)
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
