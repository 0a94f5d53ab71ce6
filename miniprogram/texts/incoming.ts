import { defineTexts } from './define'

export const incoming = defineTexts({
  zh: {
    title: '来电',
    video: '邀请您视频通话',
    audio: '邀请您语音通话',
    recorded: '本次通话可能会被录制',
    accept: '接听',
    decline: '拒绝',
  },
  en: {
    title: 'Incoming call',
    video: 'Video call',
    audio: 'Audio call',
    recorded: 'This call may be recorded',
    accept: 'Accept',
    decline: 'Decline',
  },
})
