/** Many rooms at once, whose members join, lose their connections, return and leave: nothing of them is left. */
import { CHANNEL_TIMING } from '../../../server/channels/channels'
import { startCallService, type CallService } from '../../support/call-service'
import { controlClock } from '../../support/clock'
import { GatewayClient } from '../../support/gateway-client'
import { until } from '../../support/until'

const ROOMS = Number(process.env['ROOMS'] ?? 20)
const MEMBERS = 3

let service: CallService
beforeEach(async () => {
  controlClock()
  service = await startCallService()
})
afterEach(() => service.close())

const accountOf = (room: number, n: number) => `user-${room}-${n}`
const numbers = (count: number) => Array.from({ length: count }, (_, n) => n)
type Member = Awaited<ReturnType<CallService['member']>>

/** Joins, is replaced, loses its connection and returns: a different mixture for each. */
async function unrest(member: Member, account: string, name: string, kind: number): Promise<Member> {
  if (kind === 0) {
    await member.client.ask('logout', member.who)
    return service.member(account, name, {}, member.signal)
  }
  if (kind === 1) return service.member(account, name)
  member.client.cut()
  const client = service.kept(await GatewayClient.openAt(member.joined))
  const answer = await client.ask('login', member.login)
  if (answer['code'] !== 200) throw new Error(`not let back in: ${JSON.stringify(answer)}`)
  return { ...member, client }
}

test(`${ROOMS} rooms of ${MEMBERS}: all come, none is mixed up, and nothing is left`, async () => {
  await Promise.all(
    numbers(ROOMS).map(async (room) => {
      const name = `room ${room}`
      const opener = await service.device(accountOf(room, 0))
      await opener.request('createChannel', { channelName: name, custom: '', webrtcEnable: true })
      let members = await Promise.all(
        numbers(MEMBERS).map((n) => service.member(accountOf(room, n), name, {}, n === 0 ? opener : undefined)),
      )
      members = await Promise.all(members.map((member, n) => unrest(member, accountOf(room, n), name, n)))

      const [first] = members
      const answer = await first?.client.ask('getUploadUserList', first.who)
      const seen = Array.isArray(answer?.['userlist']) ? answer['userlist'].map(({ accid }) => String(accid)) : []
      expect(seen.toSorted()).toEqual(numbers(MEMBERS).map((n) => accountOf(room, n)))

      // One leaves by the gateway, one by the IM side, one is lost.
      await members[0]?.client.ask('logout', members[0].who)
      await members[1]?.signal.request('hangup', { channelId: members[1].who.cid })
      members[2]?.client.cut()
    }),
  )
  await until(() => service.gateway.sessionCount === 0, 'all have lost or left their sessions')
  expect(service.channels.size).toBe(ROOMS)
  await service.pass(CHANNEL_TIMING.grace)
  expect(service.channels.size).toBe(0)
  expect(service.ended.map(({ reason }) => reason)).toEqual(numbers(ROOMS).map(() => 'lost'))
  expect(new Set(service.ended.map(({ cid }) => cid)).size).toBe(ROOMS)
  service.cutAll()
  await until(() => service.signalling.deviceCount === 0, 'no device is there')
})
