import type { AppContext } from '../../app-context'

const app = getApp<AppContext>()

Page({
  data: {
    appointments: [
      { account: 'dr-chen', doctor: '陈医生', time: '今天 10:00' },
      { account: 'dr-lin', doctor: '林医生', time: '今天 14:30' },
    ],
  },

  call({ currentTarget }: WechatMiniprogram.TouchEvent) {
    const { account, kind } = currentTarget.dataset
    void app.entry.place(String(account), kind === 'video' ? 'video' : 'audio')
  },
})
