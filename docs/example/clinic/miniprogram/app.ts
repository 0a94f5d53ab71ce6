import { startCalls, type AppContext } from './app-context'
import { DEFAULT_SERVICE } from './config'
import { RECORD_TYPE } from './netcall/constants'

const parts = startCalls()

App<AppContext>({
  ...parts,

  onLaunch({ query }) {
    const { session, settings, call } = parts
    // Every consultation is recorded, this side's sound and picture, without a mix.
    settings.change({ recordAudio: true, recordVideo: true, recordType: RECORD_TYPE.RECORD_TYPE_ONLY_SINGLE })
    call.subscribe((state, previous) => {
      if (state.type !== 'one-to-one' || state.phase !== 'ended' || previous.phase === 'ended') return
      console.info(`consultation with ${state.peer}: ${state.reason}, ${Math.round(state.duration / 1000)} s`)
    })
    // Who this is, your own login knows; here the launch says it. With a token of your own server: signIn(…, { token }).
    void session.signIn(query['account'] ?? 'patient', query['service'] ?? DEFAULT_SERVICE)
  },
})
