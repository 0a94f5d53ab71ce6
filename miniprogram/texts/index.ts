/** The dictionary: all displayed texts in both languages. */
import { banner } from './banner'
import { call } from './call'
import { common } from './common'
import { contacts } from './contacts'
import { endings } from './endings'
import { incoming } from './incoming'
import { login } from './login'
import { outcomes } from './outcomes'
import { permissions } from './permissions'
import { records } from './records'
import { roomEndings } from './room-endings'
import { rooms } from './rooms'
import { settings } from './settings'

export { fill } from './define'

export type LanguageCode = 'zh' | 'en'

const sections = {
  banner,
  common,
  login,
  contacts,
  call,
  incoming,
  endings,
  settings,
  permissions,
  records,
  outcomes,
  rooms,
  'room-endings': roomEndings,
}
export type SectionName = keyof typeof sections
export type Texts<S extends SectionName> = (typeof sections)[S]['zh' | 'en']

/** The texts of a section in a language. */
export function texts<S extends SectionName>(section: S, language: LanguageCode): Texts<S> {
  return sections[section][language]
}
