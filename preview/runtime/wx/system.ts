/** System information. */
import { CAPSULE, insetsOf, NAVIGATION_BAR } from '../bars'
import type { Phone } from '../phone'
import { api } from './api'

const SDK_VERSION = '3.8.12'
const FONT_SIZE = 16

export function systemApi(phone: Phone) {
  const theme = () => phone.query.theme
  const device = () => ({
    brand: 'browser',
    model: 'preview',
    system: 'Android 14',
    // Media really work here, so it is only 'devtools' on request.
    platform: phone.conditions.simulator.on ? 'devtools' : 'android',
    abi: 'x86_64',
    benchmarkLevel: 50,
    cpuType: '',
    memorySize: 4096,
  })
  const window = () => {
    const { clientWidth: screenWidth, clientHeight: screenHeight } = document.documentElement
    const { clientWidth: windowWidth, clientHeight: windowHeight } = phone.screen
    const { top, bottom } = insetsOf(phone.query)
    return {
      pixelRatio: devicePixelRatio,
      screenWidth,
      screenHeight,
      windowWidth,
      windowHeight,
      statusBarHeight: top,
      safeArea: {
        left: 0,
        right: screenWidth,
        top,
        bottom: screenHeight - bottom,
        width: screenWidth,
        height: screenHeight - top - bottom,
      },
      screenTop: screenHeight - windowHeight,
    }
  }
  const appBase = () => ({
    SDKVersion: SDK_VERSION,
    version: '8.0.60',
    language: phone.query.language,
    theme: theme(),
    enableDebug: false,
    fontSizeSetting: FONT_SIZE,
    host: { env: 'WeChat', appId: '' },
  })
  const everything = () => ({ ...window(), ...device(), ...appBase(), benchmarkLevel: 50 })
  return {
    getWindowInfo: window,
    getDeviceInfo: device,
    getAppBaseInfo: appBase,
    getSystemSetting: () => ({
      bluetoothEnabled: true,
      locationEnabled: true,
      wifiEnabled: true,
      deviceOrientation: 'portrait',
    }),
    getSystemInfoSync: everything,
    getSystemInfo: api('getSystemInfo', everything),
    getSystemInfoAsync: api('getSystemInfoAsync', everything),
    getMenuButtonBoundingClientRect() {
      const right = document.documentElement.clientWidth - CAPSULE.right
      const top = insetsOf(phone.query).top + (NAVIGATION_BAR - CAPSULE.height) / 2
      const { width, height } = CAPSULE
      return { width, height, top, right, bottom: top + height, left: right - width }
    },
    getAccountInfoSync: () => ({ miniProgram: { appId: 'touristappid', envVersion: 'develop', version: '' } }),
    onThemeChange: phone.themeChanges.add,
    offThemeChange: phone.themeChanges.remove,
    onWindowResize: () => undefined,
    offWindowResize: () => undefined,
    onKeyboardHeightChange: () => undefined,
    offKeyboardHeightChange: () => undefined,
    onMemoryWarning: () => undefined,
    offMemoryWarning: () => undefined,
    getUpdateManager: () => ({
      onCheckForUpdate: () => undefined,
      onUpdateReady: () => undefined,
      onUpdateFailed: () => undefined,
      applyUpdate: () => undefined,
    }),
  }
}
