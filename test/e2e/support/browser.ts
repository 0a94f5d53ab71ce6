import { chromium, type Browser, type BrowserServer } from 'playwright-core'

/** Chromium as the tests find it: `npm test` says where by CHROMIUM. */
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
