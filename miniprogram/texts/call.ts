import { defineTexts } from './define'

export const call = defineTexts({
  zh: {
    title: '通话中',
  },
  en: {
    title: 'Call',
  },
})
