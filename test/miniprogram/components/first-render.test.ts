/** Components and pages come to the screen before their texts: until those are there they say nothing, rather than half of it. */
import { ended, incoming, talking } from '../../support/calls'
import { inRoom, ringingInvitee, roomEnded, roomInvited } from '../../support/rooms'
import { PAGES, readSource, TEMPLATES } from '../../support/sources'
import { fakeApp, mountComponent, mountPage, type FakeApp, type Mounted } from '../../support/simulate'

/** Pages and components whose templates take texts of their own. */
const SPEAKING = TEMPLATES.filter((file) => /\bt\./.test(readSource(file))).map((file) =>
  file.slice(0, -'.wxml'.length),
)
/** What makes a component show something at all. */
const PROPERTIES: Record<string, Record<string, unknown>> = {
  'components/call-controls/call-controls': { kind: 'video', microphone: true, camera: true, flippable: true },
  'components/network-bars/network-bars': { quality: 'good' },
}
const IDLE = { phase: 'idle' } as const
const STATES = [
  ...[talking(), incoming(), ended()].map((call) => ({ call, room: IDLE })),
  ...[inRoom({ invitees: [ringingInvitee('dave')] }), roomInvited(), roomEnded()].map((room) => ({ call: IDLE, room })),
]

/** An app whose texts have not come yet. */
function silent(state: (typeof STATES)[number]): FakeApp {
  const app = fakeApp(state)
  app.language.follow = () => () => {}
  return app
}
async function mount(name: string, app: FakeApp): Promise<Mounted> {
  return PAGES.includes(name) ? mountPage(name, { app }) : mountComponent(name, PROPERTIES[name], app)
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
  for (const state of STATES) {
    const view = await mount(name, silent(state))
    expect(mute(view.root.toJSON())).toEqual([])
    await view.unmount()
  }
})
