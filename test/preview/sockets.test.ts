/**
 * Sockets of a mini-program on phones with faults: events for its script, and for the service.
 * @jest-environment-options {"customExportConditions": ["node"]}
 */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'
import type { Phone } from '../../preview/runtime/phone'
import { advance, controlClock, useRealTime } from '../support/clock'
import { until } from '../support/until'
import { startPhone } from './support/jsdom-phone'

/** Until scripts in the background are suspended, as in WeChat, ms. */
const SUSPENDED_AFTER = 5_000

/** Echoes everything. */
let service: WebSocketServer
let url: string
/** Events of the service in this test: `open`, `text …`, `close …`. */
let seen: string[]
let phone: Phone
let told: string[]
let task: WechatMiniprogram.SocketTask

beforeAll(async () => {
  service = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  service.on('connection', (socket) => {
    seen.push('open')
    socket.on('message', (data) => {
      const text = Buffer.isBuffer(data) ? data.toString() : ''
      seen.push(`text ${JSON.stringify(text)}`)
      socket.send(text)
    })
    socket.on('close', (code) => seen.push(`close ${code}`))
  })
  await once(service, 'listening')
  const { port }: Pick<AddressInfo, 'port'> = Object(service.address())
  url = `ws://127.0.0.1:${port}`
})
afterAll(async () => {
  for (const socket of service.clients) socket.terminate()
  service.close()
  await once(service, 'close')
})
beforeEach(() => {
  seen = []
})
afterEach(useRealTime)

/** Opens a socket on the last started phone, and records its script's events. */
function connect(): { told: string[]; task: WechatMiniprogram.SocketTask } {
  const told: string[] = []
  const task = wx.connectSocket({ url })
  task.onOpen(() => told.push('open'))
  task.onMessage(({ data }) => told.push(`text ${JSON.stringify(data)}`))
  task.onError(() => told.push('error'))
  task.onClose(({ code }) => told.push(`close ${code}`))
  return { told, task }
}
async function open(query?: string): Promise<void> {
  phone = await startPhone(query)
  ;({ told, task } = connect())
}
const isTold = (...wanted: string[]) =>
  until(() => told.join() === wanted.join(), `the script to be told ${wanted.join()}`)
const sees = (...wanted: string[]) => until(() => seen.join() === wanted.join(), `the service to see ${wanted.join()}`)

test('are silent for good when the network is lost; the service is notified when it is back', async () => {
  await open()
  await isTold('open')
  task.send({ data: 'one' })
  await isTold('open', 'text "one"')
  phone.faults.network(false)
  task.send({ data: 'lost' })
  // Another phone's message arrives later than the lost one would.
  const first = { phone, told, task }
  await open()
  await isTold('open')
  task.send({ data: 'two' })
  await sees('open', 'text "one"', 'open', 'text "two"')
  ;({ phone, told, task } = first)
  expect(told).toEqual(['open', 'text "one"'])
  expect(phone.sockets.size).toBe(1)
  phone.faults.network(true)
  await sees('open', 'text "one"', 'open', 'text "two"', 'close 1005')
  expect(told).toEqual(['open', 'text "one"'])
  // The script closed it itself.
  task.close({})
  await isTold('open', 'text "one"', 'close 1000')
  expect(phone.sockets.size).toBe(0)
})

test('cannot be opened without a network, and can with it', async () => {
  await open('?network=none')
  await isTold('error', 'close 1006')
  phone.faults.network(true)
  ;({ told, task } = connect())
  await isTold('open')
  expect(seen).toEqual(['open'])
})

test('break at once when they are killed', async () => {
  await open()
  await isTold('open')
  phone.faults.killLink()
  await isTold('open', 'close 1006')
  await sees('open', 'close 1005')
  expect(phone.sockets.size).toBe(0)
})

test('are dead after five seconds in the background', async () => {
  await open()
  await isTold('open')
  controlClock()
  phone.faults.background(true)
  await advance(SUSPENDED_AFTER - 1)
  task.send({ data: 'early' })
  await isTold('open', 'text "early"')
  await advance(1)
  task.send({ data: 'late' })
  phone.faults.background(false)
  await sees('open', 'text "early"', 'close 1005')
  expect(told).toEqual(['open', 'text "early"'])
})
