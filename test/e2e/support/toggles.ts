import type { Phone } from './phone'

/** The recording part of the settings page. */
interface RecordingToggles {
  audio: boolean
  video: boolean
  type: '0' | '1' | '2'
}

/** Sets them on the settings page by taps, and returns to the contacts. */
export async function setRecording(phone: Phone, { audio, video, type }: RecordingToggles): Promise<void> {
  await phone.openTab(2)
  await turn(phone, 'recordAudio', audio)
  await turn(phone, 'recordVideo', video)
  await phone.frame.locator('.kind:visible').nth(Number(type)).click()
  await phone.openTab(0)
}

async function turn(phone: Phone, setting: string, on: boolean): Promise<void> {
  const toggle = phone.shown(`#${setting} [role=switch]`)
  if ((await toggle.isChecked()) !== on) await toggle.click()
}
