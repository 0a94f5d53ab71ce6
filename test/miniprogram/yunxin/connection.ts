import type { ImEvents } from '../../../miniprogram/netcall/im'
import { YunxinIm } from '../../../miniprogram/yunxin/im'
import type { Nim, NimOptions } from '../../../miniprogram/yunxin/sdk'

const answered = () => Promise.resolve({})

/** An IM object whose SDK handles events with this. */
export function imThat(answer: (options: NimOptions) => void) {
  let options: NimOptions | undefined
  const destroy = jest.fn(({ done }: { done: () => void }) => done())
  const nim: Nim = {
    account: 'alice',
    options: { appKey: 'key' },
    protocol: { setCurrentNetcall: () => {} },
    initNetcall: answered,
    keepCalling: answered,
    calleeAck: answered,
    hangup: answered,
    netcallControl: answered,
    createChannel: answered,
    joinChannel: answered,
    on: () => {},
    removeListener: () => {},
    destroy,
    getFriends: jest.fn(),
    subscribeEvent: jest.fn(),
    sendCustomSysMsg: jest.fn(),
  }
  const NIM = {
    use: jest.fn(),
    getInstance: (given: NimOptions) => {
      options = given
      queueMicrotask(() => answer(given))
      return nim
    },
  }
  const im = new YunxinIm({ appKey: 'key', account: 'alice', token: 'secret' }, NIM)
  const ends: ImEvents['disconnect'][] = []
  im.on('disconnect', (end) => ends.push(end))
  return { im, NIM, nim, destroy, ends, options: () => options }
}
