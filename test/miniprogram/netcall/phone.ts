import { LocalIm } from '../../../miniprogram/netcall/local/im'
import { LocalNetcall } from '../../../miniprogram/netcall/local/netcall'
import type { Netcall, NetcallEventName, NetcallEvents } from '../../../miniprogram/netcall/types'

export interface Heard {
  /** Names of all events so far, in order. */
  heard: NetcallEventName[]
  payloads: <E extends NetcallEventName>(event: E) => NetcallEvents[E][]
}
export interface Phone extends Heard {
  im: LocalIm
  netcall: LocalNetcall
}

/** An account at a service, with all events of its netcall instance recorded. */
export function phone(host: string, account = 'alice', token = 'token'): Phone {
  const im = new LocalIm({ service: `http://${host}`, account, token })
  const netcall = new LocalNetcall({ im })
  return { im, netcall, ...observe(netcall) }
}

/** Records all events of an instance. */
export function observe(netcall: Netcall): Heard {
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
