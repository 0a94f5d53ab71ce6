/** Loaded before a program: miniprogram-ci then speaks to the server at FAKE_WECHAT instead of WeChat's. */
const urls = require('miniprogram-ci/dist/config/url.config')

for (const [name, url] of Object.entries(urls)) {
  if (typeof url === 'string') urls[name] = url.replace('https://servicewechat.com', process.env.FAKE_WECHAT)
}
