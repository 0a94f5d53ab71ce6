import type { Language } from './language'

/** Says a tab page's title and the tabs in the language shown. WeChat takes both only while a tab page is on top. */
export function showTabTitles(language: Language, page: 'contacts' | 'records' | 'settings'): void {
  const { tabContacts, tabRecords, tabSettings } = language.texts('common')
  void wx.setNavigationBarTitle({ title: language.texts(page).title })
  const tabs = [tabContacts, tabRecords, tabSettings]
  for (const [index, text] of tabs.entries()) void wx.setTabBarItem({ index, text })
}
