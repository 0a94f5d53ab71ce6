/**
 * @jest-environment node
 *
 * Guarantees of every provider for pages and controllers.
 */
import { until } from '../../support/until'
import { loseNetwork } from '../../support/wx-socket'
import { describeProviders } from './providers'

describeProviders((phones) => {
  test('a call: ring, answer, media, mode, control, hang-up', async () => {
    const [alice, bob] = await phones.both()
    const cid = await phones.talk(alice, bob)
    expect(bob.payloads('beCalling')[0]).toEqual({ caller: 'alice', cid, type: 2, custom: '{"a":1}' })
    expect(alice.payloads('callAccepted')).toEqual([{ account: 'bob', cid, type: 2 }])
    const [synced] = alice.payloads('syncDone')
    expect(synced).toMatchObject({ code: 200, connectCount: 1 })
    const own = synced?.userlist.find(({ account }) => account === 'alice')
    expect(own).toMatchObject({ uid: phones.service.uidOf('alice'), cid, mode: 0 })
    const way = `/live/${cid}-${phones.service.uidOf('alice')}`
    expect(own?.url).toMatch(/^rtmp:/)
    expect(own?.url).toContain(`${way}?action=publish`)
    const played = () =>
      [...bob.payloads('syncDone').flatMap(({ userlist }) => userlist), ...bob.payloads('clientJoin')].find(
        ({ account }) => account === 'alice',
      )?.url
    await until(() => played() !== undefined, 'bob can play')
    expect(played()).toContain(`${way}?action=play`)
    expect(await alice.netcall.getStatus()).toMatchObject({ phase: 'session', cid, mode: 0, connected: true })

    await alice.netcall.switchMode(1)
    await until(() => bob.payloads('clientUpdate').length > 0, 'clientUpdate')
    expect(bob.payloads('clientUpdate')).toMatchObject([
      { account: 'alice', uid: phones.service.uidOf('alice'), cid, mode: 1 },
    ])
    await bob.netcall.control({ command: 2 })
    await until(() => alice.payloads('control').length > 0, 'control')
    expect(alice.payloads('control')).toEqual([{ account: 'bob', cid, command: 2 }])

    await alice.netcall.hangup()
    await until(() => bob.payloads('disconnect').length > 0, 'the end at the other side')
    expect(await phones.service.endOf(cid)).toEqual([{ cid, reason: 'hangup', by: 'alice' }])
    await bob.im.contacts()
    expect(bob.payloads('hangup')).toMatchObject([{ cid, account: 'alice' }])
    expect(bob.payloads('disconnect')).toMatchObject([{ code: 0 }])
    expect(alice.payloads('disconnect')).toMatchObject([{ code: 0 }])
    expect(alice.payloads('hangup')).toEqual([])
    expect([...alice.payloads('error'), ...bob.payloads('error')]).toEqual([])
    expect(await bob.netcall.getStatus()).toMatchObject({ phase: 'idle', connected: false })
  })

  test('calls in sequence, in both directions', async () => {
    const [alice, bob] = await phones.both()
    const first = await phones.talk(alice, bob)
    await bob.netcall.hangup()
    await until(() => alice.payloads('disconnect').length === 1, 'the first end')
    const second = await phones.talk(bob, alice)
    expect(second).not.toBe(first)
    await bob.netcall.hangup()
    await until(() => alice.payloads('disconnect').length === 2, 'the second end')
    await phones.talk(alice, bob)
    expect(bob.payloads('beCalling').map(({ cid }) => cid)).not.toContain(second)
  })

  test('startRtc resolves before the first list of members', async () => {
    const [alice, bob] = await phones.both()
    const cid = await phones.ring(alice, bob)
    await bob.netcall.response({ caller: 'alice', cid, type: 2, accepted: true })
    const order: string[] = []
    bob.netcall.on('syncDone', () => order.push('syncDone'))
    await bob.netcall.startRtc({ mode: 0 }).then(() => order.push('answer'))
    await until(() => order.length === 2, 'both')
    expect(order).toEqual(['answer', 'syncDone'])
  })

  test('the number of a call is known while it rings', async () => {
    const [alice, bob] = await phones.both()
    const cid = await phones.ring(alice, bob, 1)
    expect(await alice.netcall.getStatus()).toMatchObject({ phase: 'calling', cid })
    expect(await bob.netcall.getStatus()).toMatchObject({ phase: 'ringing', cid })
  })

  test('declined, then cancelled, then offline', async () => {
    const [alice, bob] = await phones.both()
    const cid = await phones.ring(alice, bob)
    await bob.netcall.response({ caller: 'alice', cid, type: 2, accepted: false })
    await until(() => alice.payloads('callRejected').length === 1, 'callRejected')
    expect(alice.payloads('callRejected')).toEqual([{ account: 'bob', cid, type: 2 }])

    await phones.ring(alice, bob)
    await alice.netcall.hangup()
    await until(() => bob.payloads('hangup').length === 1, 'the ringing ends')
    expect(await bob.netcall.getStatus()).toMatchObject({ phase: 'idle', cid: null })

    const gone: string[] = []
    alice.im.on('presence', ({ account, online }) => void (online || gone.push(account)))
    await alice.im.contacts()
    bob.im.disconnect()
    await until(() => gone.includes('bob'), 'bob is offline')
    expect(await alice.im.contacts()).toEqual([{ account: 'bob', online: false }])
    await expect(alice.netcall.call({ type: 1, callee: 'bob' })).rejects.toMatchObject({
      name: 'NetcallError',
      reason: 'callee-offline',
      code: 11001,
    })
    expect(alice.payloads('error')).toMatchObject([{ code: 11001 }])
    expect(await alice.netcall.getStatus()).toMatchObject({ phase: 'idle', cid: null })
  })

  test('a room: members join and leave without ending it for the others', async () => {
    const [alice, bob] = await phones.both()
    await expect(alice.netcall.joinChannel({ channelName: 'room', mode: 0, role: 0 })).rejects.toMatchObject({
      reason: 'refused',
      code: 417,
    })
    await alice.netcall.createChannel({ channelName: 'room', custom: 'x' })
    await expect(bob.netcall.createChannel({ channelName: 'room' })).rejects.toMatchObject({ code: 409 })
    const joined = await alice.netcall.joinChannel({ channelName: 'room', mode: 0, role: 0, recordVideo: 1 })
    expect(joined).toMatchObject({ uid: phones.service.uidOf('alice'), account: 'alice', custom: 'x' })
    expect(joined.accountUidMap['alice']).toBe(joined.uid)
    const { cid } = joined
    await bob.netcall.joinChannel({ channelName: 'room', mode: 1, role: 0 })
    await until(() => alice.payloads('clientJoin').length > 0, 'bob came')
    expect(alice.payloads('clientJoin')).toMatchObject([
      { account: 'bob', uid: phones.service.uidOf('bob'), cid, mode: 1 },
    ])
    await bob.netcall.leaveChannel()
    await until(() => alice.payloads('clientLeave').length > 0, 'bob left')
    expect(alice.payloads('clientLeave')).toEqual([{ account: 'bob', uid: phones.service.uidOf('bob'), cid }])
    expect(await alice.netcall.getStatus()).toMatchObject({ phase: 'session', cid })
    await alice.netcall.leaveChannel()
    await expect(alice.netcall.leaveChannel()).rejects.toMatchObject({ reason: 'wrong-state' })
  })

  test('refused encryption gives 418 and does not affect the next call', async () => {
    const [alice, bob] = await phones.both()
    await bob.netcall.setEncryptType(3)
    await bob.netcall.setEncryptKey('key')
    await expect(phones.talk(alice, bob)).rejects.toMatchObject({ reason: 'refused', code: 418 })
    await until(() => alice.payloads('hangup').length > 0, 'alice hears of the end')
    await bob.netcall.setEncryptType(0)
    await phones.talk(alice, bob)
  })

  test('a second caller gets busy, without effect on the call', async () => {
    const [alice, bob] = await phones.both()
    const carol = await phones.signIn('carol')
    const cid = await phones.talk(alice, bob)
    const second = await phones.ring(carol, alice, 1)
    await alice.netcall.control({ command: 9, cid: second })
    await alice.netcall.response({ caller: 'carol', cid: second, type: 1, accepted: false })
    await until(() => carol.payloads('callRejected').length > 0, 'carol is refused')
    expect(carol.payloads('control')).toEqual([{ account: 'alice', cid: second, command: 9 }])
    await alice.netcall.control({ command: 3 })
    await bob.netcall.control({ command: 4 })
    await until(() => alice.payloads('control').length > 0, 'a word from bob')
    expect(alice.payloads('control')).toEqual([{ account: 'bob', cid, command: 4 }])
    expect(bob.payloads('control')).toEqual([{ account: 'alice', cid, command: 3 }])
    await alice.netcall.hangup()
    await until(() => bob.payloads('disconnect').length > 0, 'the end at bob')
    expect(bob.payloads('hangup')).toMatchObject([{ cid, account: 'alice' }])
    expect([...alice.payloads('error'), ...carol.payloads('disconnect')]).toEqual([])
  })

  test('the first of two simultaneous calls can be answered while the second rings', async () => {
    const [alice, bob] = await phones.both()
    const carol = await phones.signIn('carol')
    const first = await phones.ring(alice, bob)
    const second = await phones.ring(carol, bob)
    await bob.netcall.response({ caller: 'alice', cid: first, type: 2, accepted: true })
    expect(await bob.netcall.startRtc({ mode: 0 })).toMatchObject({ cid: first })
    await carol.netcall.hangup()
    await until(() => bob.payloads('hangup').length > 0, 'carol gives up')
    expect(bob.payloads('hangup')).toMatchObject([{ cid: second, account: 'carol' }])
    expect(await bob.netcall.getStatus()).toMatchObject({ phase: 'session', cid: first })
  })

  test('unanswered callers block neither a call nor a room', async () => {
    const [alice, bob] = await phones.both()
    await phones.ring(alice, bob)
    await bob.netcall.createChannel({ channelName: 'room' })
    await bob.netcall.joinChannel({ channelName: 'room', mode: 0, role: 0 })
    await bob.netcall.leaveChannel()
    await alice.netcall.hangup()
    await phones.ring(bob, alice)
  })

  test('announcements sent while disconnected are received after the reconnect', async () => {
    const [alice, bob] = await phones.both()
    await phones.talk(alice, bob)
    await bob.netcall.switchMode(1)
    await until(() => alice.payloads('clientUpdate').length > 0, 'the switch')
    const back = loseNetwork('bob')
    await until(() => bob.payloads('willreconnect').length > 0, 'the loss')
    expect(bob.payloads('willreconnect')[0]).toEqual({ count: 1 })
    let told: number | null = null
    alice.netcall.on('clientJoin', ({ mode }) => (told = mode))
    alice.netcall.on('clientUpdate', ({ mode }) => (told = mode))
    back()
    await until(() => bob.payloads('syncDone').at(-1)?.connectCount === 2, 'bob is back')
    await until(() => told === 1, 'what alice hears of bob')
    expect(bob.payloads('syncDone').map(({ connectCount }) => connectCount)).toEqual([1, 2])
  })

  test('invalid arguments name the field, and methods reject in the wrong state', async () => {
    const alice = await phones.signIn('alice')
    await expect(alice.netcall.call({ type: 2, callee: [] })).rejects.toMatchObject({ field: 'callee' })
    await expect(alice.netcall.startRtc({ mode: 0 })).rejects.toMatchObject({ reason: 'wrong-state' })
    await expect(alice.netcall.switchMode(1)).rejects.toMatchObject({ reason: 'wrong-state' })
    await expect(alice.netcall.response({ caller: 'bob', accepted: true, type: 1, cid: 5 })).rejects.toMatchObject({
      reason: 'wrong-state',
    })
    await expect(alice.netcall.hangup()).resolves.toBeUndefined()
    expect(alice.heard).toEqual([])
  })

  test('contacts with presence, and custom messages', async () => {
    const [alice, bob] = await phones.both()
    expect(await alice.im.contacts()).toEqual([{ account: 'bob', online: true }])
    const messages: string[] = []
    bob.im.on('message', ({ from, content }) => messages.push(`${from}: ${content}`))
    await alice.im.sendCustomMessage({ to: 'bob', content: 'hello' })
    await until(() => messages.length > 0, 'the message')
    expect(messages).toEqual(['alice: hello'])
  })

  test('signing out ends a call', async () => {
    const [alice, bob] = await phones.both()
    await phones.talk(alice, bob)
    alice.im.disconnect()
    await until(() => alice.payloads('disconnect').length > 0, 'the end')
    expect(alice.payloads('disconnect')).toMatchObject([{ code: 0 }])
    expect(alice.im.connected).toBe(false)
  })

  test('an invalid token is refused', async () => {
    const { im } = phones.phone('alice', 'wrong')
    await expect(im.connect()).rejects.toMatchObject({ reason: 'refused' })
  })
})
