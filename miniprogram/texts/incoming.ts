import { defineTexts } from './define'

export const incoming = defineTexts({
  zh: {
    title: '来电',
  },
  en: {
    title: 'Incoming call',
  },
})
