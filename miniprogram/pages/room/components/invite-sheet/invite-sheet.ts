/** Selects contacts to invite into the current room. Emits `done` ({ accounts }), with none if cancelled. */
import type { AppContext } from '../../../../app-context'
import type { Account } from '../../../../netcall/types'
import type { Contact } from '../../../../netcall/protocol'
import { isInRoom, type CallState } from '../../../../call/state'
import { changes } from '../../../../services/changes'
import { fill } from '../../../../texts/index'

interface Person extends Contact {
  chosen: boolean
}
interface Data {
  t: object
  people: Person[]
  /** Number of selected contacts. */
  chosen: number
  /** Label of the button. */
  callInvitees: string
}
const data: Data = { t: {}, people: [], chosen: 0, callInvitees: '' }

interface Fields {
  leave: Array<() => void>
  accounts: ReadonlySet<string>
}
type Methods = {
  show(): void
  onPerson(event: WechatMiniprogram.BaseEvent<Record<string, never>, { account: string }>): void
  onCall(): void
  onCancel(): void
  onHold(): void
}
type NoProperties = WechatMiniprogram.Component.PropertyOption

Component<Data, NoProperties, Methods, [], Fields>({
  data,
  lifetimes: {
    created() {
      this.leave = []
      this.accounts = new Set()
    },
    attached() {
      const { language, call, session } = getApp<AppContext>()
      this.leave = [
        language.follow(this, 'rooms', 'common'),
        language.subscribe(() => this.show()),
        session.onContacts(() => this.show()),
        call.subscribe(() => this.show()),
      ]
      this.show()
    },
    detached() {
      for (const leave of this.leave) leave()
    },
  },
  methods: {
    show() {
      const { language, call, session } = getApp<AppContext>()
      const people = candidates(
        session.contacts,
        call.state,
        session.state.phase === 'signed-out' ? '' : session.state.account,
      ).map((contact) => ({
        ...contact,
        chosen: this.accounts.has(contact.account),
      }))
      const chosen = people.filter((person) => person.chosen).length
      const callInvitees = fill(language.texts('rooms').callInvitees, { count: chosen })
      const same = JSON.stringify(people) === JSON.stringify(this.data.people)
      const changed = { ...changes(this.data, { chosen, callInvitees }), ...(same ? {} : { people }) }
      if (Object.keys(changed).length > 0) this.setData(changed)
    },
    onPerson({ currentTarget }) {
      const { account } = currentTarget.dataset
      const accounts = new Set(this.accounts)
      if (!accounts.delete(account)) accounts.add(account)
      this.accounts = accounts
      this.show()
    },
    onCall() {
      const accounts = this.data.people.filter((person) => person.chosen).map(({ account }) => account)
      if (accounts.length > 0) this.triggerEvent('done', { accounts })
    },
    onCancel() {
      this.triggerEvent('done', { accounts: [] })
    },
    /** Prevents scrolling of the page behind. */
    onHold() {},
  },
})

/** Contacts that are neither in the room nor invited. */
function candidates(contacts: readonly Contact[], state: CallState, me: Account): Contact[] {
  if (!isInRoom(state)) return []
  const taken = new Set([
    me,
    ...state.members.map(({ account }) => account),
    ...state.invitees.filter((invitee) => invitee.state === 'ringing').map(({ account }) => account),
  ])
  return contacts.filter(({ account }) => !taken.has(account))
}
