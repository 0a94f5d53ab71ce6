import { defineTexts } from './define'

export const permissions = defineTexts({
  zh: {
    microphoneTitle: '无法使用麦克风',
    microphoneRefused: '小程序没有麦克风权限，无法通话。请在设置中允许使用麦克风。',
    microphoneRefusedBySystem: '微信没有麦克风权限，无法通话。请在手机的系统设置中允许微信使用麦克风。',
    microphoneNotDeclared: '小程序的隐私保护指引未声明麦克风，无法通话，请联系开发者。',
    // WeChat allows four Chinese characters, or eight letters, on a button.
    toSettings: '去设置',
    cameraRefused: '小程序没有摄像头权限，本次通话仅有语音',
    cameraRefusedBySystem: '微信没有摄像头权限，本次通话仅有语音',
    cameraNotDeclared: '小程序的隐私保护指引未声明摄像头，本次通话仅有语音',
    albumTitle: '无法保存到相册',
    albumRefused: '小程序没有相册权限。请在设置中允许保存到相册。',
    albumRefusedBySystem: '微信没有相册权限。请在手机的系统设置中允许微信保存到相册。',
    albumNotDeclared: '小程序的隐私保护指引未声明相册，请联系开发者，或复制链接。',
    busy: '您正在通话中',
    signedOut: '登录后才能通话',
    callsYourself: '不能呼叫自己',
    invalidAccount: '账号格式不正确，无法呼叫',
    privacyRefused: '同意隐私保护指引后才能通话',
  },
  en: {
    microphoneTitle: 'No microphone',
    microphoneRefused:
      'This mini-program is not allowed to use the microphone, and there is no call without it. Allow it in the settings.',
    microphoneRefusedBySystem:
      'WeChat is not allowed to use the microphone, and there is no call without it. Allow it in the settings of your phone.',
    microphoneNotDeclared:
      'The privacy guideline of this mini-program does not name the microphone, and there is no call without it. Please tell its developer.',
    toSettings: 'Settings',
    // A toast shows two lines.
    cameraRefused: 'No camera for this mini-program: sound only',
    cameraRefusedBySystem: 'No camera for WeChat: sound only',
    cameraNotDeclared: 'The privacy guideline names no camera: sound only',
    albumTitle: 'Not saved',
    albumRefused: 'This mini-program is not allowed to save to the photo album. Allow it in the settings.',
    albumRefusedBySystem: 'WeChat is not allowed to save to the photo album. Allow it in the settings of your phone.',
    albumNotDeclared:
      'The privacy guideline of this mini-program does not name the photo album. Tell its developer, or copy the link.',
    busy: 'You are in a call',
    signedOut: 'Sign in first, then call',
    callsYourself: 'You cannot call yourself',
    invalidAccount: 'This is not a valid account',
    privacyRefused: 'To call, agree to the privacy guideline first',
  },
})
