/** @jest-environment node */
import { askFor, systemPermissions, type Permitted } from '../../../miniprogram/services/permissions'
import { resetWx } from '../../support/fake-wx'

const SCOPES = { microphone: 'scope.record', camera: 'scope.camera', album: 'scope.writePhotosAlbum' } as const
const DEVICES: Permitted[] = ['microphone', 'camera', 'album']
const ALL = { microphone: true, camera: true, album: true }

type System = 'authorized' | 'denied' | 'not determined'
/** The phone's states of a device, the last one forever; others are allowed. */
function system(device: Permitted, ...answers: System[]): void {
  const allowed = { microphoneAuthorized: 'authorized', cameraAuthorized: 'authorized', albumAuthorized: 'authorized' }
  const give = () => ({ ...allowed, [`${device}Authorized`]: answers.length > 1 ? answers.shift() : answers[0] })
  Object.assign(wx, { getAppAuthorizeSetting: jest.fn(give) })
}
function authorize(errMsg: string | null): void {
  Object.assign(wx, {
    authorize: jest.fn(({ success, fail }) =>
      errMsg === null ? success() : fail({ errMsg: `authorize:fail ${errMsg}` }),
    ),
  })
}

beforeEach(() => {
  Object.assign(globalThis, { wx: {} })
  resetWx()
})

describe.each(DEVICES)('%s', (device) => {
  test('asks WeChat for this permission only', async () => {
    authorize(null)
    expect(await askFor(device)).toBe('granted')
    expect(wx.authorize).toHaveBeenCalledTimes(1)
    expect(wx.authorize).toHaveBeenCalledWith(expect.objectContaining({ scope: SCOPES[device] }))
  })

  test.each([
    ['its user refuses', 'auth deny', 'refused'],
    ['its user has refused before, said by an Android phone', 'auth denied', 'refused'],
    ['the privacy guideline does not name it', 'api scope is not declared in the privacy agreement', 'not-declared'],
  ])('%s', async (_why, errMsg, permission) => {
    authorize(errMsg)
    expect(await askFor(device)).toBe(permission)
  })

  test('does not ask in vain if the phone denies WeChat', async () => {
    system(device, 'denied')
    authorize(null)
    expect(await askFor(device)).toBe('refused-by-system')
    expect(wx.authorize).not.toHaveBeenCalled()
    expect(systemPermissions()).toEqual({ ...ALL, [device]: false })
  })

  test.each([null, 'auth deny'])('the phone asks behind WeChat, and is refused; WeChat says %s', async (errMsg) => {
    system(device, 'not determined', 'denied')
    authorize(errMsg)
    expect(await askFor(device)).toBe('refused-by-system')
  })

  test('a phone that has not asked yet denies nothing', async () => {
    system(device, 'not determined')
    expect(systemPermissions()).toEqual(ALL)
    expect(await askFor(device)).toBe('granted')
  })
})
