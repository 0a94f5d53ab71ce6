/** A failure of miniprogram-ci. */
export interface Failure {
  /** One of its codes (`dist/config/config.js`). */
  code: number | null
  /** Its message; if WeChat refused, with the answer as JSON. */
  message: string
}

/** Errors of WeChat and of the network, with advice. */
const EXPLANATIONS: ReadonlyArray<readonly [RegExp, (found: RegExpExecArray, appId: string) => string]> = [
  [
    /invalid ip:?\s*([0-9a-f][0-9a-f.:]*)?/i,
    ([, ip]) =>
      `WeChat does not take uploads from this address${ip === undefined ? '' : ` (${ip})`}: add it to the IP white list, or switch the list off, in the console beside the upload key.`,
  ],
  [
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ESOCKETTIMEDOUT|ENETUNREACH|EHOSTUNREACH|socket hang up|tunneling socket/,
    ([words]) =>
      `servicewechat.com cannot be reached (${words}). Connect to the network; behind a proxy set HTTPS_PROXY.`,
  ],
  [
    /CERT_|certificate|UNABLE_TO_VERIFY/i,
    () => 'The certificate of servicewechat.com cannot be trusted here: something between changes the connection.',
  ],
  [
    /((?:main package |subpackage \S+ )?source size \S+) exceed max limit (\S+?)["}\s,.]/i,
    ([, size, limit]) =>
      `The package is too large for WeChat (${size}, at most ${limit}): npm run check shows what is large.`,
  ],
  [
    /get new ticket fail|innerCode: ?-80002|signature/i,
    (_, appId) =>
      `The upload key is not the one of ${appId}: download it again in the console (an older key ends when a new one is made).`,
  ],
  [
    /errCode\W+40013|invalid appid|appid (?:is )?(?:not exist|invalid)/i,
    (_, appId) => `WeChat knows no mini-program ${appId}: compare it with the console.`,
  ],
]

/** A failure as one sentence with advice; unknown ones in WeChat's words. */
export function explain({ code, message }: Failure, appId: string): string {
  for (const [pattern, sentence] of EXPLANATIONS) {
    const found = pattern.exec(message)
    if (found) return sentence(found, appId)
  }
  const words = innermost(message)
  return code !== null && code < 20_000
    ? `The mini-program does not compile: ${words}`
    : `WeChat refused it${code === null ? '' : ` (${code})`}: ${words}`
}

/** The message inside `Error: {"errCode":…,"errMsg":"…"}`; otherwise the whole text. */
function innermost(message: string): string {
  const quoted = /"errMsg":("(?:[^"\\]|\\.)*")/.exec(message)?.[1]
  const words: unknown = quoted === undefined ? message : JSON.parse(quoted)
  return String(words)
    .replace(/^(Error: )+/, '')
    .trim()
}
