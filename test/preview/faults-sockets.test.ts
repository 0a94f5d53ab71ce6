/**
 * The sockets of a mini-program on phones that suffer faults, in a real browser: what its script hears, and what the
 * service sees.
 * @jest-environment node
 */
import { until } from '../support/until'
import { type MediaPhone, MediaStage } from './support/media-stage'

let stage: MediaStage
const phones: MediaPhone[] = []
beforeAll(async () => {
  stage = await MediaStage.open()
})
afterAll(() => stage.close())
afterEach(async () => {
  for (const phone of phones.splice(0)) await phone.page.close()
})

async function open(query?: string): Promise<MediaPhone> {
  const phone = await stage.phone(query)
  phones.push(phone)
  return phone
}
/** What the script heard of its socket. */
const heard = (phone: MediaPhone): Promise<string[]> => phone.page.evaluate(() => Reflect.get(globalThis, 'heard'))
const hears = (phone: MediaPhone, ...wanted: string[]) =>
  until(async () => (await heard(phone)).join() === wanted.join(), `to hear ${wanted.join()}`)
const seen = (from: number, ...wanted: string[]) =>
  until(async () => stage.seen.slice(from).join() === wanted.join(), `the service to see ${wanted.join()}`)

/** Opens one; the fixture's page has none of its own. */
const connect = (phone: MediaPhone): Promise<void> =>
  phone.page.evaluate((url) => {
    const heard: string[] = []
    const task = wx.connectSocket({ url })
    Object.assign(globalThis, { heard, task })
    task.onOpen(() => heard.push('open'))
    task.onMessage(({ data }) => heard.push(`text ${JSON.stringify(data)}`))
    task.onError(() => heard.push('error'))
    task.onClose(({ code }) => heard.push(`close ${code}`))
  }, stage.echo)
const send = (phone: MediaPhone, data: string): Promise<unknown> =>
  phone.page.evaluate((data) => Reflect.get(globalThis, 'task').send({ data }), data)

test('fall silent for good when the network goes; the service learns of it when the network is back', async () => {
  const phone = await open()
  const from = stage.seen.length
  await connect(phone)
  await hears(phone, 'open')
  await send(phone, 'one')
  await hears(phone, 'open', 'text "one"')
  await phone.inside(({ faults }) => faults.network(false))
  await send(phone, 'lost')
  // Another phone's word is later at the service than the lost one would be.
  const other = await open()
  await connect(other)
  await hears(other, 'open')
  await send(other, 'two')
  await seen(from, 'open', 'text "one"', 'open', 'text "two"')
  expect(await heard(phone)).toEqual(['open', 'text "one"'])
  expect(await phone.inside(({ sockets }) => sockets.size)).toBe(1)
  await phone.inside(({ faults }) => faults.network(true))
  await seen(from, 'open', 'text "one"', 'open', 'text "two"', 'close 1005')
  expect(await heard(phone)).toEqual(['open', 'text "one"'])
  // closing it is the script's own affair
  await phone.page.evaluate(() => Reflect.get(globalThis, 'task').close({}))
  await hears(phone, 'open', 'text "one"', 'close 1000')
  expect(await phone.inside(({ sockets }) => sockets.size)).toBe(0)
})

test('cannot be opened without a network, and can with it', async () => {
  const phone = await open('network=none')
  await connect(phone)
  await hears(phone, 'error', 'close 1006')
  await phone.inside(({ faults }) => faults.network(true))
  await connect(phone)
  await hears(phone, 'open')
})

test('break at once when the link is killed', async () => {
  const phone = await open()
  const from = stage.seen.length
  await connect(phone)
  await hears(phone, 'open')
  await phone.inside(({ faults }) => faults.killLink())
  await hears(phone, 'open', 'close 1006')
  await seen(from, 'open', 'close 1005')
  expect(await phone.inside(({ sockets }) => sockets.size)).toBe(0)
})

test('are dead after five seconds in the background', async () => {
  const phone = await open()
  const from = stage.seen.length
  await connect(phone)
  await hears(phone, 'open')
  await phone.inside(({ faults }) => faults.background(true))
  await send(phone, 'early')
  await hears(phone, 'open', 'text "early"')
  await until(() => phone.inside(({ conditions }) => conditions.background.suspended.on), 'scripts to stand still')
  await send(phone, 'late')
  await phone.inside(({ faults }) => faults.background(false))
  await seen(from, 'open', 'text "early"', 'close 1005')
  expect(await heard(phone)).toEqual(['open', 'text "early"'])
})
