import { KICK_REASON, type GatewayPush, type GatewayPushes, type KickReason } from '../../miniprogram/netcall/protocol'
import type { Timeline } from '../timeline'
import type { GatewayConnection, GatewaySession } from './gateway-connection'

/** Connections by media session: at most one per member of a channel. */
export class GatewaySessions {
  private readonly byChannel = new Map<number, Map<number, GatewayConnection>>()

  constructor(private readonly timeline: Timeline) {}

  get count(): number {
    return [...this.byChannel.values()].reduce((sum, connections) => sum + connections.size, 0)
  }

  /** Assigns the session to the connection. An older connection of the same member is kicked. */
  take(session: GatewaySession, connection: GatewayConnection): void {
    this.kick(session.cid, session.uid, KICK_REASON.replaced)
    const connections = this.byChannel.get(session.cid) ?? new Map<number, GatewayConnection>()
    this.byChannel.set(session.cid, connections)
    connections.set(session.uid, connection)
    connection.session = session
  }

  /** Kicks the member's connection, if it has one. The member stays in the channel. */
  kick(cid: number, uid: number, reason: KickReason): void {
    const connection = this.of(cid, uid)
    if (!connection) return
    const account = this.free(connection)?.account ?? ''
    connection.push('kicked', { cid, reason })
    this.timeline.add('gateway', 'kicked', { cid, account }, { kind: 'push', reason })
    connection.close(reason)
  }

  /** Removes and returns the connection's session. */
  free(connection: GatewayConnection): GatewaySession | null {
    const { session } = connection
    if (!session) return null
    connection.session = null
    const connections = this.byChannel.get(session.cid)
    connections?.delete(session.uid)
    if (connections?.size === 0) this.byChannel.delete(session.cid)
    return session
  }

  of(cid: number, uid: number): GatewayConnection | undefined {
    return this.byChannel.get(cid)?.get(uid)
  }

  inChannel(cid: number): GatewayConnection[] {
    return [...(this.byChannel.get(cid)?.values() ?? [])]
  }

  /** Pushes to all logged-in members of a channel except one; the body may differ per member. */
  pushEach<P extends GatewayPush>(
    cid: number,
    name: P,
    bodyFor: (session: GatewaySession, connection: GatewayConnection) => GatewayPushes[P],
    exceptUid?: number,
  ): void {
    for (const connection of this.inChannel(cid)) {
      if (!connection.session || connection.session.uid === exceptUid) continue
      const body = bodyFor(connection.session, connection)
      connection.push(name, body)
      const about = 'accid' in body ? { about: body.accid } : { reason: body.reason }
      this.timeline.add('gateway', name, { cid, account: connection.session.account }, { kind: 'push', ...about })
    }
  }

  push<P extends GatewayPush>(cid: number, name: P, body: GatewayPushes[P], exceptUid?: number): void {
    this.pushEach(cid, name, () => body, exceptUid)
  }
}
