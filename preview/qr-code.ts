import qr from 'qrcode-terminal'

/** Black on white in any terminal theme: some cameras cannot read inverted codes. */
const BLACK_AND_WHITE = '\u001b[97;40m'
const AS_BEFORE = '\u001b[0m'

/** A text as a QR code of block characters; with `colours` for a terminal, otherwise for a file or log. */
export function qrCode(text: string, colours: boolean): string[] {
  let drawn = ''
  qr.generate(text, { small: true }, (code) => {
    drawn = code
  })
  const lines = drawn.trimEnd().split('\n')
  return colours ? lines.map((line) => `${BLACK_AND_WHITE}${line}${AS_BEFORE}`) : lines
}
