/** Clients of the media engine for tests and benchmarks: publishers, players, and a synthetic stream. */
export { FlvPlayer, flvUrl, openHttp, playHttp, playWs, publishWs } from './flv-client'
export {
  audioConfig,
  audioFrame,
  frame,
  FRAMES_PER_GOP,
  isConfig,
  isKeyFrame,
  isVideoFrame,
  keyFrame,
  type StreamOptions,
  syntheticStream,
  type TestTag,
  videoConfig,
} from './media-tags'
export { parseRtmpUrl, playRtmp, publishRtmp, RtmpClient } from './rtmp-client'
