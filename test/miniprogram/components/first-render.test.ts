/** Components and pages come to the screen before their texts: until those are there they say nothing, rather than half of it. */
import fs from 'node:fs'
import path from 'node:path'
import { ended, incoming, talking } from '../../support/calls'
import { fakeApp, mountComponent, mountPage, type FakeApp, type Mounted } from '../../support/simulate'

const ROOT = path.resolve(__dirname, '../../../miniprogram')
/** Pages and components whose templates take texts of their own. */
const SPEAKING = ['pages', 'components']
  .flatMap((folder) => fs.readdirSync(path.join(ROOT, folder)).map((name) => `${folder}/${name}/${name}`))
  .filter((name) => {
    const template = path.join(ROOT, `${name}.wxml`)
    return fs.existsSync(template) && /\bt\./.test(fs.readFileSync(template, 'utf8'))
  })
/** What makes a component show something at all. */
const PROPERTIES: Record<string, Record<string, unknown>> = {
  'components/call-controls/call-controls': { kind: 'video', microphone: true, camera: true, flippable: true },
  'components/network-bars/network-bars': { quality: 'good' },
}
const CALLS = [talking(), incoming(), ended()]

/** An app whose texts have not come yet. */
function silent(call: (typeof CALLS)[number]): FakeApp {
  const app = fakeApp({ call })
  app.language.follow = () => () => {}
  return app
}
async function mount(name: string, app: FakeApp): Promise<Mounted> {
  return name.startsWith('pages/') ? mountPage(name, { app }) : mountComponent(name, PROPERTIES[name], app)
}
interface Tree {
  tagName?: string
  attrs?: Array<{ name: string; value: unknown }>
  children?: Array<Tree | string>
}
/** What a screen reader would stop at without anything to say. */
function mute({ tagName = '', attrs = [], children = [] }: Tree): string[] {
  const value = (name: string): unknown => attrs.find((attr) => attr.name === name)?.value
  const inside = children.flatMap((child) => (typeof child === 'string' ? [] : mute(child)))
  return value('ariaRole') && value('ariaLabel') === '' ? [tagName, ...inside] : inside
}

test.each(SPEAKING)('%s', async (name) => {
  for (const call of CALLS) {
    const view = await mount(name, silent(call))
    expect(mute(view.root.toJSON())).toEqual([])
    await view.unmount()
  }
})
