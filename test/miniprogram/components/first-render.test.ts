/** Components and pages are rendered before their texts exist: until then they show nothing instead of half. */
import { ended, incoming, talking } from '../../support/calls'
import { inRoom, ringingInvitee, roomEnded, roomInvited } from '../../support/rooms'
import { PAGES, readSource, TEMPLATES } from '../../support/sources'
import { fakeApp, mountComponent, mountPage, type FakeApp, type Mounted } from '../../support/simulate'

/** Pages and components with texts of their own. */
const SPEAKING = TEMPLATES.filter((file) => /\bt\./.test(readSource(file))).map((file) =>
  file.slice(0, -'.wxml'.length),
)
/** Properties that make a component visible. */
const PROPERTIES: Record<string, Record<string, unknown>> = {
  'components/call-controls/call-controls': { kind: 'video', microphone: true, camera: true, flippable: true },
  'components/network-bars/network-bars': { quality: 'good' },
}
const IDLE = { phase: 'idle' } as const
const STATES = [
  ...[talking(), incoming(), ended()].map((call) => ({ call, room: IDLE })),
  ...[inRoom({ invitees: [ringingInvitee('dave')] }), roomInvited(), roomEnded()].map((room) => ({ call: IDLE, room })),
]

/** An app whose texts are not loaded yet. */
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
/** Elements at which a screen reader would stop without a name. */
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
