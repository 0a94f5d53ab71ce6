import { LocalIm } from '../../../miniprogram/netcall/local/im'
import { LocalNetcall } from '../../../miniprogram/netcall/local/netcall'
import { fixedTries } from '../../../miniprogram/netcall/local/reconnect'
import type { Timing } from '../../../miniprogram/netcall/local/timing'
import type { Netcall, NetcallEventName, NetcallEvents } from '../../../miniprogram/netcall/types'

/** No answer comes so late, however busy the machine, ms. */
const PATIENCE = 10_000
/** What comes again and again comes far faster than the contract has it. */
export const FAST: Timing = {
  heartbeatInterval: 50,
  heartbeatTimeout: PATIENCE,
  commandTimeout: PATIENCE,
  probeTimeout: PATIENCE,
  keepCallingInterval: 30,
  logoutTimeout: PATIENCE,
  gatewayReconnect: { ...fixedTries(3, 20, 20), openTimeout: PATIENCE },
  signalReconnect: { delay: () => 20, openTimeout: PATIENCE },
}
/** For tests in which an answer does not come. */
export const IMPATIENT: Timing = {
  ...FAST,
  heartbeatTimeout: 1_000,
  commandTimeout: 1_000,
  probeTimeout: 1_000,
}

export interface Heard {
  /** The names of all events so far, in order. */
  heard: NetcallEventName[]
  payloads: <E extends NetcallEventName>(event: E) => NetcallEvents[E][]
}
export interface Phone extends Heard {
  im: LocalIm
  netcall: LocalNetcall
}

/** An account at a service, with everything that its netcall instance says written down. */
export function phone(host: string, account = 'alice', timing: Timing = FAST, token = 'token'): Phone {
  const im = new LocalIm({ service: `http://${host}`, account, token }, timing)
  const netcall = new LocalNetcall({ im }, timing)
  return { im, netcall, ...hear(netcall) }
}

/** Writes down everything that an instance says. */
export function hear(netcall: Netcall): Heard {
  const heard: NetcallEventName[] = []
  const listen = <E extends NetcallEventName>(event: E): NetcallEvents[E][] => {
    const payloads: NetcallEvents[E][] = []
    netcall.on(event, (payload) => {
      heard.push(event)
      payloads.push(payload)
    })
    return payloads
  }
  const log: { [E in NetcallEventName]: NetcallEvents[E][] } = {
    beCalling: listen('beCalling'),
    callAccepted: listen('callAccepted'),
    callRejected: listen('callRejected'),
    callerAckSync: listen('callerAckSync'),
    hangup: listen('hangup'),
    control: listen('control'),
    joinChannel: listen('joinChannel'),
    syncDone: listen('syncDone'),
    clientJoin: listen('clientJoin'),
    clientUpdate: listen('clientUpdate'),
    clientLeave: listen('clientLeave'),
    liveRoomClose: listen('liveRoomClose'),
    kicked: listen('kicked'),
    willreconnect: listen('willreconnect'),
    sendCommandOverTime: listen('sendCommandOverTime'),
    disconnect: listen('disconnect'),
    sessionStart: listen('sessionStart'),
    open: listen('open'),
    close: listen('close'),
    error: listen('error'),
  }
  return { heard, payloads: (event) => log[event] }
}
