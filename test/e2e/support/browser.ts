import { chromium, type Browser, type BrowserServer } from 'playwright-core'

/**
 * Chromium loads two pages for the address bar of each window, which takes more than a second of CPU time. The flag that disables them
 * replaces Playwright's, whose features are therefore repeated (`chromiumSwitches.ts`, 1.65).
 */
const DISABLED_FEATURES = [
  'WebUIOmniboxPopup',
  'WebUIOmniboxAimPopup',
  'AimEnabled',
  'AvoidCorsURLLoaderRestartOnRedirect',
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsFirstBalancedModeAutoEnable',
  'HttpsUpgrades',
  'LensOverlay',
  'MediaRouter',
  'NetworkTimeServiceQuerying',
  'OptimizationHints',
  'PaintHolding',
  'PreconnectToSearch',
  'ThirdPartyStoragePartitioning',
]

/** Chromium for the tests: its path is CHROMIUM, set by `npm test`. */
const options = () => ({
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    `--disable-features=${DISABLED_FEATURES.join()}`,
    '--use-fake-ui-for-media-stream',
    '--use-fake-device-for-media-stream',
    '--autoplay-policy=no-user-gesture-required',
  ],
})

export function openBrowser(): Promise<Browser> {
  return chromium.launch(options())
}
/** One that other processes connect to. */
export function serveBrowser(): Promise<BrowserServer> {
  return chromium.launchServer(options())
}
export function connectBrowser(endpoint: string): Promise<Browser> {
  return chromium.connect(endpoint)
}
