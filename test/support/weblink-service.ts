/** A fake of NetEase's IM servers: behind each SDK connection is the local service's own client. */
import { CONTROL_COMMAND, type CallType, type ControlCommand } from '../../miniprogram/netcall/constants'
import { NetcallError, type NetcallErrorReason } from '../../miniprogram/netcall/errors'
import type { CallIm } from '../../miniprogram/netcall/im'
import { LocalIm } from '../../miniprogram/netcall/local/im'
import { SIGNAL_ADDRESS, type Contact, type SignalNotifications } from '../../miniprogram/netcall/protocol'
import { anyOf, integer, integerOf, list, text } from '../../miniprogram/yunxin/values'
import type { Command, LinkOwner, Properties, WebLink } from './weblink'
import { yunxinCode } from './yunxin-codes'

/** Names of the SDK's property maps, as far as used. */
const LOGIN = { account: '19', appKey: '18', token: '1000' } as const
const LOGIN_ANSWER = { connectionId: 102, ip: 103, loginTime: 109 } as const
const FRIEND = { account: 4, flag: 5, createTime: 11, updateTime: 12 } as const
const EVENT = { type: 1, value: 2, validTime: 5, time: 10, clientType: 12, serverConfig: 13, account: 103 } as const
const MESSAGE = { time: 0, type: 1, to: 2, from: 3, attach: 5, id: 6 } as const
const PUSH = { custom: '5', forceKeepCalling: '9' } as const

const REFUSED = 302
const UNKNOWN = 404
const CUSTOM_P2P = 100
const SAME_PLATFORM = 1
const MINIPROGRAM = 16

type Answering = (im: CallIm, command: Command, link: WebLink) => Promise<unknown[]>

/** Requests of a signed-in connection, by `SID_CID`: the values of the answer. */
const ANSWERS: Record<string, Answering> = {
  // Connection, files, synchronisation: requested by the SDK itself.
  '1_2': async () => [],
  '6_26': async () => [{ 3: 0 }],
  '6_28': async () => [{ 0: '1', 1: '0' }],
  '5_1': async () => [Date.now()],
  // Messages
  '7_7': async (im, { params: [message] }) => {
    const sent = im.sendCustomMessage({ to: word(message, MESSAGE.to), content: word(message, MESSAGE.attach) })
    // Lost silently for offline accounts.
    await sent.catch(passOver('callee-offline'))
    return []
  },
  // Friends
  '12_4': async (im) => [(await im.contacts()).map(friend), Date.now()],
  // Events
  '14_3': async (im, { params: [, accounts] }, link) => {
    const names = words(accounts)
    const contacts = (await im.contacts()).filter(({ account, online }) => online && names.includes(account))
    // The state of accounts that never signed in is unknown and not sent.
    if (contacts.length > 0) link.notify(14, 9, [contacts.map(presence)])
    return [[]]
  },
  // Calls
  '9_1': async (im, { params: [type, accounts, , , config] }) => {
    const custom = text(anyOf(config, PUSH.custom))
    const call = await im.initNetcall({
      type: callType(type),
      accounts: words(accounts),
      pushConfig: {
        ...(custom === undefined ? {} : { custom }),
        forceKeepCalling: integer(anyOf(config, PUSH.forceKeepCalling)) === 1,
      },
      webrtcEnable: true,
    })
    const { timetag, uid, channelId, keepCallingAccounts, accountUidMap, serverMap } = call
    return [
      timetag,
      uid,
      channelId,
      [],
      [],
      [],
      keepCallingAccounts,
      accountUidMap,
      JSON.stringify(call.clientConfig),
      serverMap,
    ]
  },
  '9_3': async (im, { params: [type, accounts, channelId] }) => [
    (await im.keepCalling({ type: callType(type), accounts: words(accounts), channelId: number(channelId) })).accounts,
  ],
  '9_4': async (im, { params: [account, channelId, type, accepted] }) => {
    const answer = { account: String(account), channelId: number(channelId), type: callType(type) }
    await im.calleeAck({ ...answer, accepted: accepted === true || accepted === 'true' })
    return []
  },
  '9_6': async (im, { params: [channelId] }) => {
    await im.hangup({ channelId: number(channelId) }).catch(passOver('wrong-state'))
    return []
  },
  '9_8': async (im, { params: [channelId, type] }) => {
    await im.netcallControl({ channelId: number(channelId), type: control(type) })
    return []
  },
  '9_13': async (im, { params: [channelName, custom] }) => [
    (await im.createChannel({ channelName: String(channelName), custom: text(custom) ?? '', webrtcEnable: true }))
      .timetag,
  ],
  '9_14': async (im, { params: [channelName] }) => {
    const joined = await im.joinChannel({ channelName: String(channelName) })
    const { timetag, channelId, accountUidMap, serverMap, clientConfig, custom } = joined
    return [timetag, channelId, accountUidMap, serverMap, JSON.stringify(clientConfig), custom]
  },
}

/** IM servers for accounts of local services. */
export class ImServers implements LinkOwner {
  /** Account → `host:port` of its service. */
  readonly homes = new Map<string, string>()
  private readonly signedIn = new Map<WebLink, LocalIm>()

  command(link: WebLink, command: Command): void {
    void this.carryOut(link, command)
  }
  gone(link: WebLink): void {
    const im = this.signedIn.get(link)
    this.signedIn.delete(link)
    im?.disconnect()
  }

  breakAll(): void {
    for (const link of this.signedIn.keys()) link.break()
  }

  private async carryOut(link: WebLink, command: Command): Promise<void> {
    try {
      if (command.sid === 2 && command.cid === 3) return await this.signIn(link, command)
      const im = this.signedIn.get(link)
      const run = ANSWERS[`${command.sid}_${command.cid}`]
      if (!im || !run) return link.answer(command, UNKNOWN)
      link.answer(command, 200, await run(im, command, link))
    } catch (error) {
      link.answer(command, yunxinCode(methodOf(command), error))
    }
  }

  private async signIn(link: WebLink, command: Command): Promise<void> {
    const [login] = command.params
    const account = text(anyOf(login, LOGIN.account)) ?? ''
    const token = text(anyOf(login, LOGIN.token)) ?? ''
    const im = new LocalIm({ service: `http://${this.homes.get(account)}`, account, token })
    try {
      await im.connect()
    } catch (error) {
      const refused = error instanceof NetcallError && error.reason === 'refused'
      return refused ? link.answer(command, REFUSED) : link.break()
    }
    for (const [other, theirs] of this.signedIn) if (theirs.account === account) this.kick(other, SAME_PLATFORM)
    this.signedIn.set(link, im)
    this.pass(im, link)
    const answer = { [LOGIN_ANSWER.connectionId]: `c-${account}`, [LOGIN_ANSWER.loginTime]: Date.now() }
    link.answer(command, 200, [{ ...answer, [LOGIN_ANSWER.ip]: '127.0.0.1' }, [], {}])
  }

  private kick(link: WebLink, reason: number): void {
    link.notify(2, 5, [MINIPROGRAM, reason, '', 0])
    this.gone(link)
  }

  /** Notifications of the service, in the SDK's form. */
  private pass(im: LocalIm, link: WebLink): void {
    im.on('willreconnect', () => link.break())
    im.on('disconnect', ({ reason }) => {
      if (reason !== 'signed-out') this.kick(link, 2)
    })
    im.on('presence', (contact) => link.notify(14, 9, [[presence(contact)]]))
    im.on('message', ({ from, content, timetag }) => link.notify(7, 3, [message(im.account, from, content, timetag)]))
    im.on('beCalled', (call) => link.notify(9, 2, called(call)))
    im.on('notifyCalleeAck', ({ account, channelId, type, accepted }) =>
      link.notify(9, 5, [account, channelId, type, accepted]),
    )
    im.on('notifyHangup', ({ channelId, account, timetag }) => link.notify(9, 7, [channelId, account, timetag]))
    im.on('netcallControl', ({ account, type, channelId }) => link.notify(9, 9, [account, type, channelId]))
    im.on('notifyCalleeAckSync', ({ timetag, channelId, type, accepted, fromClientType }) =>
      link.notify(9, 12, [timetag, channelId, type, accepted, fromClientType]),
    )
    im.on('notifyJoin', ({ channelId, accountUidMap }) => link.notify(9, 15, [channelId, accountUidMap]))
  }
}

/** Calls have the same numbers at the local service. */
function methodOf(command: Command): string {
  const isIt = ([, [sid, cid]]: [string, readonly [number, number]]): boolean =>
    sid === command.sid && cid === command.cid
  return Object.entries(SIGNAL_ADDRESS).find(isIt)?.[0] ?? ''
}

/** Requests that NetEase's servers accept silently. */
function passOver(reason: NetcallErrorReason): (error: unknown) => void {
  return (error) => {
    if (!(error instanceof NetcallError) || error.reason !== reason) throw error
  }
}

function friend({ account }: Contact): Properties {
  return { [FRIEND.account]: account, [FRIEND.flag]: '1', [FRIEND.createTime]: '1', [FRIEND.updateTime]: '1' }
}
function presence({ account, online }: Contact): Properties {
  const state = { [EVENT.type]: '1', [EVENT.value]: online ? '1' : '2', [EVENT.account]: account }
  const config = { [EVENT.serverConfig]: JSON.stringify({ online: online ? [MINIPROGRAM] : [] }) }
  return { ...state, ...config, [EVENT.time]: String(Date.now()), [EVENT.clientType]: String(MINIPROGRAM) }
}
function message(to: string, from: string, content: string, timetag: number): Properties {
  const address = { [MESSAGE.type]: String(CUSTOM_P2P), [MESSAGE.to]: to, [MESSAGE.from]: from }
  return { ...address, [MESSAGE.time]: String(timetag), [MESSAGE.attach]: content, [MESSAGE.id]: String(timetag) }
}
function called(call: SignalNotifications['beCalled']): unknown[] {
  const { timetag, type, channelId, account, uid, accountUidMap, clientConfig, custom, serverMap } = call
  const config = JSON.stringify(clientConfig)
  return [timetag, type, channelId, account, uid, [], [], [], accountUidMap, config, custom, {}, serverMap]
}

function word(properties: unknown, name: number): string {
  return text(anyOf(properties, String(name))) ?? ''
}
function words(value: unknown): string[] {
  return list(value).map(String)
}
function number(value: unknown): number {
  return integer(value) ?? 0
}
function callType(value: unknown): CallType {
  return integer(value) === 1 ? 1 : 2
}
function control(value: unknown): ControlCommand {
  return integerOf(value, Object.values(CONTROL_COMMAND)) ?? CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_BUSY
}
