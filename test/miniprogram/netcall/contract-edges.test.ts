/**
 * @jest-environment node
 *
 * Errors and simultaneous events that every provider has to handle.
 */
import { until } from '../../support/until'
import { loseNetwork, loseWay } from '../../support/wx-socket'
import { describeProviders } from './providers'

describeProviders((phones) => {
  test('a call hung up before it has its number never rings, and the next call is independent', async () => {
    const [alice, bob] = await phones.both()
    const given = alice.netcall.call({ type: 1, callee: 'bob' })
    const refused = expect(given).rejects.toMatchObject({ reason: 'wrong-state' })
    await Promise.all([refused, alice.netcall.hangup()])
    await alice.netcall.call({ type: 1, callee: 'bob' })
    const { cid } = await alice.netcall.getStatus()
    expect(cid).not.toBeNull()
    await until(() => bob.payloads('beCalling').some((call) => call.cid === cid), 'the second rings')
    for (const first of bob.payloads('beCalling').filter((call) => call.cid !== cid)) {
      await until(() => bob.payloads('hangup').some((end) => end.cid === first.cid), 'the first has ended')
    }
    await bob.netcall.response({ caller: 'alice', cid: cid ?? 0, type: 1, accepted: true })
    await until(() => alice.heard.includes('callAccepted'), 'the second is answered')
    expect(await alice.netcall.startRtc({ mode: 1 })).toMatchObject({ cid })
  })

  test('two calls hung up at once and a third one leave only the last', async () => {
    const [alice, bob] = await phones.both()
    for (let round = 1; round <= 2; round++) {
      void alice.netcall.call({ type: 1, callee: 'bob' }).catch(() => {})
      void alice.netcall.hangup()
    }
    await alice.netcall.call({ type: 2, callee: 'bob' })
    const { cid } = await alice.netcall.getStatus()
    await until(() => bob.payloads('beCalling').some((call) => call.cid === cid), 'the last one rings')
    expect(alice.payloads('error')).toEqual([])
  })

  test('the peer is notified when a ringing account signs out', async () => {
    const [alice, bob] = await phones.both()
    const cid = await phones.ring(alice, bob)
    void alice.netcall.hangup()
    alice.im.disconnect()
    await until(() => bob.payloads('hangup').length > 0, 'the end')
    expect(bob.payloads('hangup')).toMatchObject([{ cid, account: 'alice' }])
  })

  test('another caller that cancels affects neither a call without number nor a room', async () => {
    const [alice, bob] = await phones.both()
    const carol = await phones.signIn('carol')
    const second = await phones.ring(carol, alice)
    const placing = alice.netcall.call({ type: 1, callee: 'bob' })
    await carol.netcall.hangup()
    await placing
    await until(() => alice.payloads('hangup').length > 0, 'carol gives up')
    expect(alice.payloads('hangup')).toMatchObject([{ cid: second, account: 'carol' }])
    await until(() => bob.heard.includes('beCalling'), 'it rings')
    expect(await alice.netcall.getStatus()).toMatchObject({ phase: 'calling' })
  })

  test('a call that another device answered or declined has ended on this one', async () => {
    const [alice, bob] = await phones.both()
    const other = await phones.service.device('bob')
    for (const accepted of [false, true]) {
      const cid = await phones.ring(alice, bob)
      await other.request('calleeAck', { account: 'alice', channelId: cid, type: 2, accepted })
      await until(() => bob.payloads('callerAckSync').some((ack) => ack.cid === cid), 'callerAckSync')
      expect(bob.payloads('callerAckSync').at(-1)).toMatchObject({ cid, type: 2, accepted })
      expect(await bob.netcall.getStatus()).toMatchObject({ phase: 'idle', cid: null })
      await until(() => alice.heard.includes(accepted ? 'callAccepted' : 'callRejected'), 'the answer')
    }
    expect(bob.payloads('hangup')).toEqual([])
  })

  test('one of several callees declines and the next accepts', async () => {
    const [alice, bob] = await phones.both()
    const carol = await phones.signIn('carol')
    await alice.netcall.call({ type: 1, callee: ['bob', 'carol'] })
    await until(() => bob.heard.includes('beCalling') && carol.heard.includes('beCalling'), 'both ring')
    const cid = bob.payloads('beCalling')[0]?.cid ?? 0
    await bob.netcall.response({ caller: 'alice', cid, type: 1, accepted: false })
    await until(() => alice.heard.includes('callRejected'), 'the refusal')
    expect(await alice.netcall.getStatus()).toMatchObject({ phase: 'calling', cid })
    await carol.netcall.response({ caller: 'alice', cid, type: 1, accepted: true })
    await until(() => alice.heard.includes('callAccepted'), 'the answer')
    expect(await alice.netcall.startRtc({ mode: 1 })).toMatchObject({ cid })
  })

  test('answer and hangup cross: nobody stays in a call', async () => {
    const [alice, bob] = await phones.both()
    const cid = await phones.ring(alice, bob)
    const answer = bob.netcall.response({ caller: 'alice', cid, type: 2, accepted: true })
    await Promise.all([alice.netcall.hangup(), answer.catch(() => {})])
    await until(() => bob.payloads('hangup').length > 0 || bob.payloads('callerAckSync').length > 0, 'the end')
    const idle = async (): Promise<boolean> => (await bob.netcall.getStatus()).phase === 'idle'
    await until(idle, 'bob is free')
    await phones.talk(bob, alice)
  })

  test('the peer is notified of a hangup while answering', async () => {
    const [alice, bob] = await phones.both()
    const cid = await phones.ring(alice, bob)
    const answer = bob.netcall.response({ caller: 'alice', cid, type: 2, accepted: true })
    const gone = expect(answer).rejects.toMatchObject({ reason: 'wrong-state' })
    await Promise.all([gone, bob.netcall.hangup()])
    await until(() => alice.payloads('hangup').length > 0, 'alice hears of the end')
    await phones.talk(alice, bob)
  })

  test('leaving a call for the next one, and that one, leaves both', async () => {
    const [alice, bob] = await phones.both()
    const carol = await phones.signIn('carol')
    await phones.talk(alice, bob)
    const next = await phones.ring(carol, alice, 1)
    const left = alice.netcall.hangup()
    const answer = alice.netcall.response({ caller: 'carol', cid: next, type: 1, accepted: true })
    const gone = expect(answer).rejects.toMatchObject({ reason: 'wrong-state' })
    await Promise.all([left, gone, alice.netcall.hangup()])
    await until(() => bob.heard.includes('hangup') && carol.heard.includes('hangup'), 'both hear of it')
    expect(await alice.netcall.getStatus()).toMatchObject({ phase: 'idle', cid: null })
    await phones.talk(carol, alice)
  })

  test('a hangup while entering the gateway leaves it, and notifies the peer', async () => {
    const [alice, bob] = await phones.both()
    const cid = await phones.ring(alice, bob)
    await bob.netcall.response({ caller: 'alice', cid, type: 2, accepted: true })
    const entering = expect(bob.netcall.startRtc({ mode: 0 })).rejects.toMatchObject({ reason: 'wrong-state' })
    await Promise.all([entering, bob.netcall.hangup()])
    expect(bob.payloads('disconnect')).toMatchObject([{ code: 0 }])
    await until(() => alice.payloads('hangup').length > 0, 'alice hears of the end')
    await phones.talk(alice, bob)
  })

  test('each attempt at an unresponsive gateway is emitted at once, and the answer comes with the successful one', async () => {
    const [alice, bob] = await phones.both()
    const cid = await phones.ring(alice, bob)
    await bob.netcall.response({ caller: 'alice', cid, type: 2, accepted: true })
    const back = loseWay('/gateway')
    const order: string[] = []
    for (const event of ['willreconnect', 'open', 'syncDone', 'close', 'error'] as const)
      bob.netcall.on(event, () => order.push(event))
    const entering = bob.netcall.startRtc({ mode: 0 }).then(() => order.push('answer'))
    await until(() => order.length > 0, 'the first attempt has ended')
    expect(bob.payloads('willreconnect')[0]).toEqual({ count: 1 })
    expect(await bob.netcall.getStatus()).toMatchObject({ phase: 'session', cid, connected: false })
    back()
    await entering
    await until(() => order.includes('syncDone'), 'syncDone')
    expect(new Set(order.filter((event) => event !== 'open'))).toEqual(new Set(['willreconnect', 'answer', 'syncDone']))
    expect(order.at(-1)).toBe('syncDone')
    expect(bob.payloads('syncDone')).toMatchObject([{ connectCount: 1 }])
  })

  test('a call keeps ringing after a reconnect', async () => {
    const [alice, bob] = await phones.both()
    await phones.ring(alice, bob)
    const back = loseNetwork('alice')
    await until(() => !alice.im.connected, 'the loss')
    const before = bob.payloads('beCalling').length
    const at = { back: 0, ring: 0 }
    alice.im.on('connect', () => (at.back = Date.now()))
    bob.netcall.once('beCalling', () => (at.ring = Date.now()))
    back()
    await until(() => bob.payloads('beCalling').length > before, 'it rings again')
    // At once: the interval would take longer.
    expect(at.ring - at.back).toBeLessThan(2_500)
  })

  test('a call declined while disconnected has ended after the reconnect', async () => {
    const [alice, bob] = await phones.both()
    const cid = await phones.ring(alice, bob)
    const back = loseNetwork('alice')
    await until(() => !alice.im.connected, 'the loss')
    await bob.netcall.response({ caller: 'alice', cid, type: 2, accepted: false })
    back()
    await until(() => alice.heard.includes('disconnect'), 'the end')
    expect(alice.payloads('disconnect')).toMatchObject([{ code: 417 }])
    expect(await alice.netcall.getStatus()).toMatchObject({ phase: 'idle', cid: null })
  })

  test('a room with an audience member, from which a member is kicked by its own other device', async () => {
    const [alice, bob] = await phones.both()
    const carol = await phones.signIn('carol')
    await alice.netcall.createChannel({ channelName: 'room' })
    const { cid } = await alice.netcall.joinChannel({ channelName: 'room', mode: 0, role: 0 })
    await bob.netcall.joinChannel({ channelName: 'room', mode: 0, role: 0 })
    await carol.netcall.joinChannel({ channelName: 'room', mode: 3, role: 1 })
    await until(() => carol.heard.includes('syncDone'), 'carol is in')
    const [synced] = carol.payloads('syncDone')
    expect(synced?.userlist.find(({ account }) => account === 'carol')?.url).toBe('')
    expect(synced?.userlist.map(({ account }) => account).toSorted()).toEqual(['alice', 'bob', 'carol'])

    await phones.service.member('bob', 'room')
    await until(() => bob.heard.includes('disconnect'), 'bob is out')
    expect(bob.payloads('kicked')).toMatchObject([{ cid }])
    expect(bob.payloads('disconnect')).toMatchObject([{ code: 405 }])
    expect(await bob.netcall.getStatus()).toMatchObject({ phase: 'idle', cid: null })

    phones.service.channels.close()
    await until(() => carol.heard.includes('disconnect') && alice.heard.includes('disconnect'), 'the end of the room')
    for (const one of [alice, carol]) {
      expect(one.payloads('liveRoomClose')).toEqual([{ cid, reason: 'service-stopped' }])
      expect(one.payloads('disconnect')).toMatchObject([{ code: 417 }])
    }
  })

  test('a member that reconnects to an ended call is notified', async () => {
    const [alice, bob] = await phones.both()
    await phones.talk(alice, bob)
    const back = loseNetwork('bob')
    await until(() => bob.heard.includes('willreconnect'), 'the loss')
    await alice.netcall.hangup()
    back()
    await until(() => bob.heard.includes('disconnect'), 'the end')
    expect(bob.payloads('disconnect')).toMatchObject([{ code: 417 }])
  })
})
