/** A page in all variants: screens, languages, themes. */
import path from 'node:path'
import { transformFileSync } from '@swc/core'
import type { AuditOptions } from './audit'
import { until, type Phone } from './phone'
import type { Scene } from './stage'

const SCREENS = {
  small: { width: 320, height: 568, notch: false },
  usual: { width: 375, height: 720, notch: false },
  notched: { width: 430, height: 932, notch: true },
}
const every = Object.values(SCREENS).flatMap((screen) =>
  (['zh', 'en'] as const).flatMap((language) =>
    (['light', 'dark'] as const).map((theme) => ({ ...screen, language, theme })),
  ),
)
/** Each screen, and both languages with both themes; the longer texts on the smallest screen. */
const few: typeof every = [
  { ...SCREENS.small, language: 'en', theme: 'light' },
  { ...SCREENS.small, language: 'zh', theme: 'dark' },
  { ...SCREENS.usual, language: 'zh', theme: 'light' },
  { ...SCREENS.notched, language: 'en', theme: 'dark' },
]
type Look = (typeof every)[number]
/** Between two pages, because pages read the safe area when they open. */
const BETWEEN: Look = { ...SCREENS.usual, notch: true, language: 'zh', theme: 'light' }
const LOOKS = process.env['LOOKS'] === 'all' ? every : few

const AUDIT = transformFileSync(path.join(__dirname, 'audit.ts'), {
  jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
  module: { type: 'commonjs' },
}).code

function audit(phone: Phone, options: AuditOptions): Promise<string[]> {
  return phone.frame.evaluate(`(exports => { ${AUDIT}\nreturn exports.audit(${JSON.stringify(options)}) })({})`)
}

/** Sets the phone's case, language and theme. */
async function dress(scene: Scene, phone: Phone, { width, height, notch, language, theme }: Look): Promise<void> {
  await scene.page.evaluate(
    ({ width, height }) => {
      for (const frame of document.querySelectorAll<HTMLElement>('.phone-frame iframe')) {
        Object.assign(frame.style, { width: `${width}px`, height: `${height}px`, border: '0' })
      }
    },
    { width, height },
  )
  await phone.frame.evaluate(
    async ({ width, notch, language, theme }) => {
      const { phone, app } = window.__phone
      phone.setTheme(theme)
      app.settings.change({ language })
      while (document.documentElement.clientWidth !== width) await new Promise(requestAnimationFrame)
      phone.setNotch(notch)
      for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame)
    },
    { width, notch, language, theme },
  )
}

/** Problems of the current page in four variants, or with LOOKS=all in twelve. */
export async function offences(scene: Scene, phone: Phone): Promise<string[]> {
  const found: string[] = []
  // A tapped element looks pressed for a moment.
  const released = async (): Promise<boolean> => (await phone.frame.locator('[class*=pressed]').count()) === 0
  await until(released, 'the page to come to rest')
  for (const look of LOOKS) {
    await dress(scene, phone, look)
    if ((await phone.frame.locator('#foot:visible').count()) > 0) await phone.showControls()
    for (const offence of await audit(phone, { target: 44, contrast: 4.5, language: look.language })) {
      found.push(`${look.width} px, ${look.language}, ${look.theme}: ${offence}`)
    }
  }
  await dress(scene, phone, BETWEEN)
  return found
}
